"""The session in a browser on the same machine, and nobody else's browser."""
