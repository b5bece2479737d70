"""What a person or a script is shown of plans, builds and pictures."""
