"""A project kept open while somebody works at it: planned, drafted, built and decided about."""
