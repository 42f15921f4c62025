"""Tokens and cookies of next-auth 4 and of its successor Auth.js (next-auth 5)."""
