"""What to watch and what changed: events are hints, and content decides.

`folders` says where the sources of a plan lie, `changes` waits until something changed there.
"""
