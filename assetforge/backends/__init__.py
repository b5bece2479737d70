"""Where a shared store keeps its bytes: a folder, an HTTP cache, a bucket."""
