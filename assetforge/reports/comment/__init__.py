"""What a pull request is told of a plan."""
