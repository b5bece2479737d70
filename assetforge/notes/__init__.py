"""Notes on pictures: what a person wants changed, kept beside the lock as text to be committed."""
