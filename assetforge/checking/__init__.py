"""Everything that is wrong with a project, and what a team asks of it: built, locked, accepted."""
