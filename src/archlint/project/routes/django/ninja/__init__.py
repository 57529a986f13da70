"""Django Ninja: its APIs, routers and operations, with what guards them."""
