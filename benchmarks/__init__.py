"""Measurements of assetforge against its own emulator; see README.md."""
