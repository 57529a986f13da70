"""How many rows: what the conditions of a query leave of its table, and whether that table grows.

`part` judges conditions, `growth` tables, `writers` finds who makes rows, `running` where a function runs in the end.
"""
