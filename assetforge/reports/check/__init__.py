"""What a check came to, in the forms that other programs read."""
