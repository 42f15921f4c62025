"""What Python's own libraries write: JSON in its spelling, and text that may be deflated."""
