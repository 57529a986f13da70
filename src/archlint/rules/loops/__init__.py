"""Queries in loops."""
