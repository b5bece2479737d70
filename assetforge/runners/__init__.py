"""How local and provider steps are done, one file each; loaded only when something runs."""
