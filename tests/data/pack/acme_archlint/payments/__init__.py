"""Rules on payments."""
