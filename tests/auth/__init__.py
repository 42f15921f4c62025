"""Tests of the accounts, on real databases and real hashes."""
