"""Editors of catalog formats: each puts one text into a file, and leaves all else as it is."""
