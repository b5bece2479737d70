"""make for generated pictures."""

__version__ = "0.1.0"
