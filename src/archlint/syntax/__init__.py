"""Text to tree, and the one walk per tree. Knows nothing of rules or projects."""
