"""One module for each framework: its registrations as routes, with paths, methods and handlers."""
