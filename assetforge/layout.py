"""What the files of a project are called."""

from __future__ import annotations

DEFAULT_FILE = "assetforge.yaml"
"""The pipeline file, where no other is named."""

STORE = ".assetforge"
"""The folder of the local store, beside the pipeline file."""
