"""Unbounded data."""
