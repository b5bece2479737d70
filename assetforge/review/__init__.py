"""What people decide about pictures: accept, choose, reject, pin, import, undo; and more takes."""
