"""How many rows come back: the `extent` of a query, the `growth` of a table, `fetches`, `limits` and who gives them."""
