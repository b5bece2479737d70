"""The project that `assetforge init` starts with: files to be copied as they are."""
