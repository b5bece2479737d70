"""The lock: which picture each paid step of each variant stands on, and who said that it is right.

It is committed. What the store has forgotten, or another machine never knew, is found by it.
"""
