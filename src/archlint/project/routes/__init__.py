"""How requests, messages and the clock get into the program: routes with their guards, and all other entry points."""
