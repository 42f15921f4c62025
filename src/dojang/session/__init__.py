"""The life cycle of a session as a comparison of two values, pure."""
