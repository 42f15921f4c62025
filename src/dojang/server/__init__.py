"""The self-hosted server: a JSON API and pages over sessions and accounts."""
