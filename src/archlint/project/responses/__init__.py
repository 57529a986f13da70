"""What the schemas of responses (Pydantic, SQLModel, Ninja) ask the database for each row that they are given.

`schemas` reads the fields of a schema, `answers` finds what is given to one: by a handler whose response has that
schema, or by an explicit call; `reading` tells what copying the fields of a row asks, `asked` puts it together.
"""
