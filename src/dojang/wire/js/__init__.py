"""What JavaScript does to numbers, text, dates and URLs, exactly."""
