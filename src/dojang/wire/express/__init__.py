"""What Express keeps: the stored JSON of express-session, and beside it."""
