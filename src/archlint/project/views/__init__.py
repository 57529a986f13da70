"""Ways to look at the model: the map of a service, and what is inferred at a line."""
