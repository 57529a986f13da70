"""Secrets in code, configuration and logs."""
