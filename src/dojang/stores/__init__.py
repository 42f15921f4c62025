"""Where server-side records live: one file each, one contract."""
