"""assetforge beside make, ninja, doit, Snakemake, DVC and pytask, on the same graph at any size."""
