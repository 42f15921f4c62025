"""One request and its session: opened when looked at, compared and written when it ends."""
