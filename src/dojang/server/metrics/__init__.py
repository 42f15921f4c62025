"""What Prometheus reads of the server: how much of what happened, and how long it took."""
