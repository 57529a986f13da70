"""The migrations of a project's database, in one vocabulary for all tools, so that each rule is written once.

`migration` has the values; `alembic` (its calls in `alembic_calls`), `django` (its operations in `django_operations`,
its fields in `django_fields`) and `scripts` read what each tool runs, with `reading` for literals in Python, `columns`
for SQLAlchemy's and `embedded` for SQL in strings; `dialects` says which database is meant; `history` what was known of
a column before; `migrations` has all of them, in their order. `django_state` and `alembic_state` tell what is there
behind the last one. Rules ask through `asked`, `models` (which of the project
a migration uses), `timeouts` and `types` (which changes rewrite a table).
"""
