"""One framework each <-> Sessions."""
