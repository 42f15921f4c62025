"""Sessions and sign-in for Python web applications, byte-compatible with Node's."""
