"""The trace of the last whole build: what it read, what it left, and the state of both.

A build that finds all of it as it was has nothing to do, and says so before anything that takes
long to import is loaded: the modules that prove it import only what Python itself is made of.
"""
