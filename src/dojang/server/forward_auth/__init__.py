"""Forward-auth: a proxy asks for every request of another application whether it may pass."""
