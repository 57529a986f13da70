"""SQL in Python strings as a part of the project: which calls send it, what its text is, what it does.

`syntax.embedded_sql` reads the SQL of one file from its source, for rules of kind `sql` that visit trees.
Here the same strings are read from the facts of all files, through inferred receivers, constants of other modules and
the project's own functions; what remains is a plain value for rules about the project. Both share what is SQL
(`syntax.sql_recognition`), which callables hand a text on (`syntax.string_values`), how a literal is read, templates
are masked and statements are parsed.
"""

from archlint.project.sql.sql import Sql, statements_of
from archlint.project.sql.statement import Column, Hole, Position, Statement, Table, Verb
from archlint.project.sql.texts import Frame

__all__ = ["Column", "Frame", "Hole", "Position", "Sql", "Statement", "Table", "Verb", "statements_of"]
