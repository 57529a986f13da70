"""Synchronous work in the request path."""
