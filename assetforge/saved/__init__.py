"""Plans kept in a file: looked over by a person, then run as they are or not at all."""
