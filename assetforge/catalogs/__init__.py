"""Catalog formats, one file each, and the look-up of messages across them."""
