"""How many rows come back: `extent` of a query, `growth` of a table, `fetches` of a function, `limits` from a client."""
