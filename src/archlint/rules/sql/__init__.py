"""SQL, schema and migrations."""
