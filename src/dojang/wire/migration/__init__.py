"""Sessions that other Python frameworks left in a store."""
