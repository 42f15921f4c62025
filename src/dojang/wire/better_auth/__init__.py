"""better-auth: its signed cookies, and the session that it keeps a copy of in a cookie."""
