"""The JSON API of accounts and sessions, which the server and FastAPI's router serve alike."""
