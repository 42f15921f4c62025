"""Cookies with a second one that signs them: keygrip, cookies, cookie-session and koa-session."""
