"""Image services, one file each, reached by the name a profile gives."""
