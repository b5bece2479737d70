"""The command line: one file per command, each loads its own heavy imports."""

import os

# Looking for plugins of pydantic takes longer than checking a pipeline file. None is wanted here:
# it would see all that a project holds.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
