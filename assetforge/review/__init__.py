"""What is known of pictures, and what people decide: accept, choose, reject, pin, import, undo."""
