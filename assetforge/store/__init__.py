"""The store: artifacts by digest, action results by key, and what was written where."""
