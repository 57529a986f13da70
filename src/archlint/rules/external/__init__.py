"""Calls of external services."""
