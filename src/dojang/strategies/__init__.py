"""Where a session lives: in the cookie, or on the server."""
