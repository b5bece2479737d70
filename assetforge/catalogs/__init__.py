"""Catalogs: which files there are, what they hold, and the look-up of messages across them."""
