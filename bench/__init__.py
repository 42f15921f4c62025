"""What a session costs, beside its peers, as ratios measured side by side in one run."""
