"""What does the waiting for the stores."""
