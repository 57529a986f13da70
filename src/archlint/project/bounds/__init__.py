"""How many rows come back: what a query without a limit leaves (`remaining`), `fetches`, `limits`, who gives them."""
