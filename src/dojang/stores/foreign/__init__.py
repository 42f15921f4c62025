"""Sessions of other Python frameworks, read where those left them, so that they can be copied."""
