"""Readers of catalog formats: one file each, with their parts beside them."""
