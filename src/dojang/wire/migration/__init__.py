"""Sessions that other Python frameworks left in a store: they are read, and never written."""
