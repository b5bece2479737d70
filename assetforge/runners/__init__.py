"""How local steps are done, one file each; loaded only when something runs."""
