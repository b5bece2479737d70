"""Step kinds: what each takes from the pipeline file and what it asks for, one file each."""
