"""Stand-ins for providers that only answer on the internet: fakes, and named so."""
