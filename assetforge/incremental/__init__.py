"""Builds of what changed alone: by the trace of the last whole build, message by message."""
