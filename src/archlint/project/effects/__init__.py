"""What functions do to the world: queries, writes, calls of services, waiting; each with the chain that explains it."""
