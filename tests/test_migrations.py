"""Migrations of Alembic, Django and .sql files: what each does, in one vocabulary, and what was there before."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest
from linking import migrating

from archlint import check
from archlint.ir.migration import Default
from archlint.project.migrations.migration import Migration, Step
from archlint.project.project import Project
from archlint.settings import Overrides
from archlint.source import Kind, SourceFile

REVISION = """
    import sqlalchemy as sa
    from alembic import op
    from sqlalchemy.dialects import postgresql

    revision = "{name}"
    down_revision = {before}

"""
MIGRATION = """
    from django.contrib.postgres.operations import AddIndexConcurrently
    from django.db import migrations, models

    class Migration(migrations.Migration):
        dependencies = [("shop", "{before}")]
"""


def told(migration: Migration) -> list[str]:
    return [_told(step) for step in migration.forward]


def _told(step: Step) -> str:
    one = step.operation
    words = [one.kind.name.lower(), ".".join(filter(None, (one.table, ",".join(one.columns)))) or one.name]
    words += [one.name] if one.name and words[1] != one.name else []
    words += [f"{one.before} to {one.definitions[0].type}"] if one.before else []
    flags = ("concurrently", "not_valid", "using_index", "is_unique", "proves_not_null", "is_irreversible")
    return " ".join([*filter(None, words), *(flag for flag in flags if getattr(one, flag))])


def alembic(body: str, name: str = "1a2b3c4d5e6f", before: str = "None") -> str:
    return dedent(REVISION).format(name=name, before=before) + dedent(body)


def only(project: Project) -> Migration:
    (migration,) = project.migrations
    return migration


def test_operations_of_alembic() -> None:
    text = alembic(
        """
        def upgrade():
            op.create_table("items", sa.Column("id", sa.Integer(), primary_key=True))
            op.add_column("orders", sa.Column("total", sa.Numeric(10, 2), nullable=False))
            op.alter_column("orders", "code", type_=sa.Text(), existing_type=sa.String(20), nullable=False)
            op.create_index(op.f("ix_code"), "orders", ["code"], unique=True, postgresql_concurrently=True)
            op.create_foreign_key("fk", "orders", "users", ["user_id"], ["id"], postgresql_not_valid=True)
            op.create_check_constraint("ck", "orders", "code IS NOT NULL")
            op.drop_column("orders", "old")
            op.rename_table("orders", "purchases")
            with op.batch_alter_table("users") as batch:
                batch.create_unique_constraint("uq", ["email"])
                batch.alter_column("name", new_column_name="full_name")
        """
    )

    found = only(migrating({"alembic/versions/1a2b3c4d5e6f_x.py": text}))

    assert told(found) == [
        "create_table items",
        "add_column orders.total",
        "change_type orders.code varchar(20) to text",
        "set_not_null orders.code",
        "add_index orders.code ix_code concurrently is_unique",
        "add_foreign_key orders.user_id fk not_valid",
        "add_check orders.code ck proves_not_null",
        "drop_column orders.old",
        "rename_table orders purchases",
        "add_unique users.email uq is_unique",
        "rename_column users.name full_name",
    ]
    assert found.dialect.name == "postgres"
    assert found.created == frozenset({"items"})


def test_sql_in_alembic_stands_where_it_is_written() -> None:
    text = alembic(
        '''
        def upgrade():
            op.execute("""
                SET lock_timeout = '5s';
                ALTER TABLE orders
                    ADD COLUMN note text,
                    ALTER COLUMN code SET NOT NULL;
            """)
        '''
    )
    path = "alembic/versions/1a2b3c4d5e6f_x.py"
    source = SourceFile.of(path, text, Kind.PYTHON)

    found = only(migrating({path: text}))

    assert told(found) == ["set_lock_timeout", "add_column orders.note", "set_not_null orders.code"]
    lines = [source.line_text(step.span(lambda _: source).line).strip() for step in found.forward]
    assert lines == ["SET lock_timeout = '5s';", "ADD COLUMN note text,", "ALTER COLUMN code SET NOT NULL;"]


def test_functions_of_the_revision_are_followed_with_their_arguments() -> None:
    text = alembic(
        """
        def upgrade():
            add_owner("orders")
            add_owner(name())

        def add_owner(table):
            op.add_column(table, sa.Column("owner", sa.Integer()))
        """
    )

    assert told(only(migrating({"alembic/versions/1a2b3c4d5e6f_x.py": text}))) == [
        "add_column orders.owner",
        "add_column owner",
    ]


def test_what_stands_in_blocks_is_told_once() -> None:
    text = alembic(
        """
        def upgrade():
            if op.get_bind().dialect.name == "postgresql":
                for table in ("a", "b"):
                    op.drop_column("a", "x")
        """
    )

    assert told(only(migrating({"alembic/versions/1a2b3c4d5e6f_x.py": text}))) == ["drop_column a.x"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('if op.get_bind().dialect.name == "sqlite":\n    {a}\nelse:\n    {b}', "b"),
        ('if op.get_context().dialect.name != "sqlite":\n    {a}\nelse:\n    {b}', "a"),
        ('if op.get_bind().engine.name == "mysql":\n    {a}\nelif other:\n    {b}', "b"),
        ('if context.get_context().dialect.name in ["oracle", "mysql"]:\n    {a}\n{b}', "b"),
        ('if op.get_bind().dialect.name not in ("postgresql",):\n    {a}\n{b}', "b"),
        ('bind = op.get_bind()\nif bind.dialect.name != "sqlite":\n    return\n{a}', ""),
        ('bind = op.get_bind()\nif bind.dialect.name == "sqlite":\n    return\n{a}', "a"),
        ('name = op.get_bind().dialect.name\nif name == "postgresql" and other:\n    {a}\nelse:\n    {b}', "a b"),
        ('name = op.get_bind().dialect.name\nif name == "sqlite" and other:\n    {a}\nelse:\n    {b}', "b"),
        ('is_lite = op.get_bind().dialect.name.startswith("sqlite")\nif not is_lite:\n    {a}\nelse:\n    {b}', "a"),
        ('match op.get_bind().dialect.name:\n    case "sqlite":\n        {a}\n    case _:\n        {b}', "b"),
        (
            'match op.get_bind().engine.name:\n    case "x" | "postgresql":\n        {a}\n    case x:\n        {b}',
            "a",
        ),
        ("if is_lite():\n    {a}\nelse:\n    {b}", "b"),
        ('if speaks("postgresql"):\n    {a}\nelse:\n    {b}', "a"),
        ("if isinstance(op.get_bind().dialect, postgresql.dialect):\n    {a}\nelse:\n    {b}", "a"),
        ("if other():\n    {a}\nelse:\n    {b}", "a b"),
        ('if table.name == "sqlite":\n    {a}\nelse:\n    {b}', "a b"),
    ],
)
def test_branches_for_other_databases_are_left_out(body: str, expected: str) -> None:
    calls = {name: f'op.create_index("{name}", "orders", ["{name}"])' for name in "ab"}
    lines = body.format(**calls).replace("\n", "\n    ")
    text = alembic(
        f"""
def upgrade():
    {lines}

def is_lite():
    bind = op.get_bind()
    return bind.dialect.name == "sqlite"

def speaks(name):
    return op.get_bind().dialect.name == name

def other():
    return op.get_bind().execute("SELECT 1").scalar() == "sqlite"
"""
    )

    found = only(migrating({"alembic/versions/1a2b3c4d5e6f_x.py": text}))

    assert " ".join(one.operation.name for one in found.forward if one.operation.name) == expected


def test_names_of_operations_may_be_imported_under_others() -> None:
    text = alembic(
        """
        from alembic.op import create_index as build

        def upgrade():
            build("ix", "orders", ["total"])
        """
    )

    assert told(only(migrating({"alembic/versions/1a2b3c4d5e6f_x.py": text}))) == ["add_index orders.total ix"]


def test_a_block_of_autocommit_is_in_no_transaction() -> None:
    text = alembic(
        """
        def upgrade():
            op.drop_column("a", "x")
            with op.get_context().autocommit_block():
                op.create_index("i", "a", ["y"], postgresql_concurrently=True)
            op.drop_column("b", "x")
            op.execute("COMMIT")
            op.drop_column("c", "x")
        """
    )

    found = only(migrating({"alembic/versions/1a2b3c4d5e6f_x.py": text}))

    assert [(step.table, step.in_transaction) for step in found.forward if step.table] == [
        ("a", True),
        ("a", False),
        ("b", True),
        ("c", False),
    ]


def test_heads_of_revisions() -> None:
    files = {
        f"alembic/versions/{name}_x.py": alembic("def upgrade():\n    pass\n", name, before)
        for name, before in (
            ("aaaaaaaaaaa1", "None"),
            ("bbbbbbbbbbb2", '"aaaaaaaaaaa1"'),
            ("ccccccccccc3", '"aaaaaaaaaaa1"'),
            ("ddddddddddd4", '("bbbbbbbbbbb2", "ccccccccccc3")'),
            ("eeeeeeeeeee5", '"ccccccccccc3"'),
        )
    }

    migrations = migrating(files).migrations

    (line,) = migrations.lines
    assert [one.identity for one in migrations.heads(line)] == ["ddddddddddd4", "eeeeeeeeeee5"]


def test_a_line_with_a_part_that_is_not_known_has_no_heads() -> None:
    files = {
        f"alembic/versions/{name}_x.py": alembic("def upgrade():\n    pass\n", name, before)
        for name, before in (("aaaaaaaaaaa1", "None"), ("bbbbbbbbbbb2", "find()"))
    }

    migrations = migrating(files).migrations

    (line,) = migrations.lines
    assert migrations.heads(line) == ()


def django(operations: str, before: str = "0001_initial", rest: str = "") -> str:
    head = dedent(MIGRATION).format(before=before)
    return f"{head}    {rest}\n    operations = [{dedent(operations)}]\n"


INITIAL = """
    migrations.CreateModel("Order", [
        ("id", models.BigAutoField(primary_key=True)),
        ("code", models.CharField(max_length=20, null=True)),
        ("email", models.EmailField()),
    ], options={"unique_together": {("code", "email")}}),
"""


def test_operations_of_django() -> None:
    operations = """
        migrations.AddField("order", "customer", models.ForeignKey("shop.Customer", on_delete=models.CASCADE)),
        migrations.RemoveField(model_name="order", name="old"),
        migrations.RenameField("order", "a", "b"),
        AddIndexConcurrently("order", models.Index(fields=["-email"], name="ix")),
        migrations.AddConstraint("order", models.UniqueConstraint(fields=["email"], name="uq")),
        migrations.AddConstraint("order", models.CheckConstraint(check=models.Q(code__isnull=False), name="ck")),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL("DROP INDEX old_index", "SELECT 1")],
            state_operations=[migrations.RemoveIndex("order", "old_index")],
        ),
        migrations.RunPython(fill),
        migrations.RunPython(migrations.RunPython.noop),
        migrations.DeleteModel("Basket"),
    """

    found = only(migrating({"shop/migrations/0002_x.py": django(operations, rest="atomic = False")}))

    assert told(found) == [
        "add_column shop_order.customer_id",
        "drop_column shop_order.old",
        "rename_column shop_order.a b",
        "add_index shop_order.email ix concurrently",
        "add_unique shop_order.email uq is_unique",
        "add_check shop_order.code ck proves_not_null",
        "drop_index old_index",
        "run_code fill is_irreversible",
        "unknown",
        "drop_table shop_basket",
    ]
    assert {step.in_transaction for step in found.forward} == {False}


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        (
            'migrations.AlterField("order", "code", models.CharField(max_length=10))',
            ["change_type shop_order.code varchar(20) to varchar(10)", "set_not_null shop_order.code"],
        ),
        (
            'migrations.AlterField("order", "code", models.CharField(max_length=20, null=True, unique=True))',
            ["add_unique shop_order.code is_unique"],
        ),
        ('migrations.AlterField("order", "email", models.EmailField(db_index=True))', ["add_index shop_order.email"]),
        ('migrations.AlterField("order", "email", models.EmailField(help_text="x"))', ["unknown shop_order.email"]),
        ('migrations.AlterField("order", "other", models.TextField())', ["unknown shop_order.other"]),
        (
            'migrations.AlterUniqueTogether("order", {("code", "email"), ("id", "code")})',
            ["unknown shop_order.code,email is_unique", "add_unique shop_order.id,code is_unique"],
        ),
    ],
)
def test_what_a_field_was_before_tells_what_changes(operation: str, expected: list[str]) -> None:
    files = {"shop/migrations/0001_initial.py": django(INITIAL), "shop/migrations/0002_x.py": django(operation)}

    *_, last = migrating(files).migrations

    assert told(last) == expected


def test_tables_are_those_that_models_name() -> None:
    created = """
        migrations.CreateModel("Order", [], options={"db_table": "orders"}),
        migrations.CreateModel("Foreign", [], options={"managed": False}),
    """
    changed = """
        migrations.AddField("order", "note", models.TextField()),
        migrations.AddField("foreign", "note", models.TextField()),
    """
    files = {"shop/migrations/0001_initial.py": django(created), "shop/migrations/0002_x.py": django(changed)}

    *_, last = migrating(files).migrations

    assert [step.table for step in last.forward] == ["orders", ""]


def test_a_renamed_model_keeps_the_table_that_it_names() -> None:
    created = 'migrations.CreateModel("Order", [], options={"db_table": "orders"}),'
    changed = """
        migrations.RenameModel("Order", "Purchase"),
        migrations.AddField("purchase", "note", models.TextField()),
    """
    files = {"shop/migrations/0001_initial.py": django(created), "shop/migrations/0002_x.py": django(changed)}

    *_, last = migrating(files).migrations

    assert last.forward[-1].table == "orders"


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ('op.create_index("ix", "orders", ["a"], **SAFE)', "add_index orders.a ix concurrently"),
        ('op.create_index("ix", "orders", ["a"], **PLAIN)', "add_index orders.a ix"),
        ('op.create_index("ix", "orders", ["a"], **made())', "unknown orders"),
        (
            'op.create_index("ix", "orders", ["a"], **dict(postgresql_concurrently=True))',
            "add_index orders.a ix concurrently",
        ),
        ('build("ix", "a", postgresql_concurrently=True)', "add_index orders.a ix concurrently"),
        ('build("ix", "a", unique=True)', "add_index orders.a ix is_unique"),
        ('build("ix", "a")', "add_index orders.a ix"),
        ('build("ix", "a", **made())', "unknown orders"),
        (
            'op.create_foreign_key("f", "orders", "users", ["a"], ["id"], **{"postgresql_not_valid": True})',
            "add_foreign_key orders.a f not_valid",
        ),
    ],
)
def test_switches_behind_two_stars(call: str, expected: str) -> None:
    text = alembic(
        f"""
        SAFE = {{"postgresql_concurrently": True, "if_not_exists": True}}
        PLAIN = {{"if_not_exists": True}}

        def build(name, *columns, **words):
            op.create_index(name, "orders", columns, **words)

        def upgrade():
            {call}
        """
    )

    assert told(only(migrating({"alembic/versions/1a2b3c4d5e6f_x.py": text}))) == [expected]


def test_operations_of_django_may_be_imported_under_other_names() -> None:
    text = """
        from django.db.migrations import Migration as Base, RunSQL as R, operations as ops

        class Migration(Base):
            operations = [R("CREATE INDEX ix ON orders (total)", ""), ops.RemoveField("order", "old")]
    """

    found = only(migrating({"shop/migrations/0001_x.py": dedent(text)}))

    assert told(found) == ["add_index orders.total ix", "drop_column shop_order.old"]


NAMED = """
    migrations.CreateModel("Order", [
        ("id", models.BigAutoField(primary_key=True)),
        ("number", models.CharField(max_length=20, db_column="num")),
        ("weight", models.IntegerField()),
        ("customer", models.ForeignKey("shop.Customer", on_delete=models.CASCADE)),
        ("tags", models.ManyToManyField("shop.Tag")),
        ("gifts", models.ManyToManyField("shop.Gift", through="shop.Giving")),
        ("marks", models.ManyToManyField("shop.Mark", db_table="marked")),
    ]),
    migrations.CreateModel("Old", [("x", models.IntegerField())], options={"db_table": "old"}),
"""


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        ('migrations.RenameField("order", "number", "code"),', []),
        ('migrations.RenameField("order", "weight", "mass"),', ["rename_column shop_order.weight mass"]),
        ('migrations.RenameField("order", "customer", "buyer"),', ["rename_column shop_order.customer_id buyer_id"]),
        ('migrations.RenameField("order", "tags", "labels"),', ["rename_table shop_order_tags shop_order_labels"]),
        ('migrations.RenameField("order", "gifts", "presents"),', []),
        ('migrations.RenameField("order", "marks", "signs"),', []),
        ('migrations.RemoveField("order", "number"),', ["drop_column shop_order.num"]),
        ('migrations.RemoveField("order", "tags"),', ["drop_table shop_order_tags"]),
        ('migrations.RemoveField("order", "gifts"),', []),
        ('migrations.RemoveField("order", "marks"),', ["drop_table marked"]),
        (
            'migrations.AlterField("order", "weight", models.BigIntegerField(db_column="mass")),',
            ["rename_column shop_order.weight mass", "change_type shop_order.mass int to bigint"],
        ),
        (
            'migrations.AlterField("order", "number", models.CharField(max_length=20, db_column="num", null=True)),',
            ["drop_not_null shop_order.num"],
        ),
        (
            'migrations.AlterField("order", "customer", models.IntegerField(db_column="customer_id", null=True)),',
            ["drop_not_null shop_order.customer_id"],
        ),
        ('migrations.AddIndex("order", models.Index(fields=["number"], name="ix")),', ["add_index shop_order.num ix"]),
        ('migrations.RenameModel("Old", "Older"), migrations.DeleteModel("Older"),', ["drop_table old"]),
        ('migrations.RenameModel("Order", "Sale"),', ["rename_table shop_order shop_sale"]),
        (
            'migrations.AlterModelTable("old", "new"), migrations.DeleteModel("old"),',
            ["rename_table old new", "drop_table new"],
        ),
        ('migrations.AlterModelTable("old", None),', ["rename_table old shop_old"]),
        ('migrations.AlterModelTable("order", "shop_order"),', []),
        (
            'migrations.AlterModelOptions("old", {"managed": False}), migrations.DeleteModel("old"),',
            ["drop_table"],
        ),
        (
            """migrations.SeparateDatabaseAndState(
                database_operations=[migrations.AlterModelTable("old", "new"), migrations.DeleteModel("old")],
                state_operations=[migrations.CreateModel("Kept", [], options={"db_table": "kept"})],
            ),
            migrations.DeleteModel("old"), migrations.DeleteModel("kept"),""",
            ["rename_table old new", "drop_table new", "drop_table old", "drop_table kept"],
        ),
        (
            """migrations.RunSQL("SELECT 1", "", state_operations=[migrations.RenameField("order", "weight", "mass")]),
            migrations.AlterModelTable("order", "orders"), migrations.RemoveField("order", "mass"),""",
            ["rename_table shop_order orders", "drop_column orders.mass"],
        ),
    ],
)
def test_models_and_fields_keep_tables_and_columns(operation: str, expected: list[str]) -> None:
    files = {"shop/migrations/0001_initial.py": django(NAMED), "shop/migrations/0002_x.py": django(operation)}

    *_, last = migrating(files).migrations

    assert told(last) == expected


def test_what_a_model_is_called_depends_on_the_order_of_migrations() -> None:
    files = {
        "shop/migrations/0001_initial.py": django(NAMED, before="0000_none"),
        "shop/migrations/0003_a.py": django('migrations.AlterModelTable("old", "new"),'),
        "shop/migrations/0002_z.py": django('migrations.DeleteModel("old"),', before="0003_a"),
        "shop/migrations/0001_squashed_0003.py": django(
            'migrations.AlterModelTable("old", "other"),', rest='replaces = [("shop", "0003_a")]'
        ),
    }

    *_, last = migrating(files).migrations

    assert last.identity == "0002_z"
    assert told(last) == ["drop_table new"]


def test_a_check_that_was_dropped_proves_nothing() -> None:
    files = {
        "migrations/1_a.sql": "CREATE TABLE a (b int); ALTER TABLE a ADD CONSTRAINT c CHECK (b IS NOT NULL);",
        "migrations/2_b.sql": "ALTER TABLE a DROP CONSTRAINT c; ALTER TABLE a ALTER COLUMN b SET NOT NULL;",
    }

    *_, last = migrating(files).migrations

    assert told(last) == ["drop_constraint a c", "set_not_null a.b"]


def test_a_column_is_known_beside_one_with_a_name_like_it() -> None:
    files = {
        "migrations/1_a.sql": "CREATE TABLE a (customer text, customer_id int);",
        "migrations/2_b.sql": "ALTER TABLE a DROP COLUMN customer; ALTER TABLE a ALTER COLUMN customer_id TYPE bigint;",
    }

    *_, last = migrating(files).migrations

    assert told(last)[-1] == "change_type a.customer_id int to bigint"


def test_what_an_expression_leads_is_an_index_on_no_column() -> None:
    files = {
        "migrations/1_a.sql": "CREATE TABLE a (b text, c int);",
        "migrations/2_b.sql": "CREATE INDEX i ON a (lower(b), c);",
    }

    *_, last = migrating(files).migrations

    assert told(last) == ["add_index a i"]


def test_a_database_is_named_at_the_end_of_a_file() -> None:
    files = {
        "migrations/V1__a.sql": "CREATE TABLE a (b text);",
        "migrations/V2__enable_pg_trgm.sql": "CREATE INDEX i ON a (b);",
    }

    assert len(migrating(files).migrations.lines) == 1


def test_operations_in_lists_of_the_module_stand_where_they_are_written() -> None:
    text = django(
        "*FIRST, *SECOND",
        rest="",
    ).replace("class Migration", 'FIRST = [migrations.RemoveField("order", "code")]\nSECOND = FIRST\n\nclass Migration')
    source = SourceFile.of("shop/migrations/0002_x.py", text, Kind.PYTHON)

    found = only(migrating({source.path: text}))

    assert [source.text[step.operation.start : step.operation.end] for step in found.forward] == [
        'migrations.RemoveField("order", "code")',
    ] * 2


def test_lists_and_functions_that_stand_for_each_other_end() -> None:
    lists = django("*FIRST").replace("class Migration", "FIRST = SECOND\nSECOND = FIRST\n\nclass Migration")
    functions = alembic(
        """
        def upgrade():
            again("a")

        def again(table):
            op.drop_table(table)
            again(table)
        """
    )

    first, second = migrating(
        {"shop/migrations/0002_x.py": lists, "alembic/versions/1a2b3c4d5e6f_x.py": functions}
    ).migrations

    assert set(told(first)) == {"drop_table a"}
    assert told(second) == []


def test_a_field_that_allows_null_by_itself() -> None:
    operation = 'migrations.AddField("order", "flag", models.NullBooleanField(default=False))'

    found = only(migrating({"shop/migrations/0002_x.py": django(operation)}))

    assert found.forward[0].operation.definitions[0].nullable is True


def test_an_integer_key_that_alembic_adds_is_numbered() -> None:
    text = alembic('def upgrade():\n    op.add_column("a", sa.Column("id", sa.Integer(), primary_key=True))\n')

    found = only(migrating({"alembic/versions/1a2b3c4d5e6f_x.py": text}))

    assert found.forward[0].operation.definitions[0].default is Default.VOLATILE


def test_marks_of_goose_tell_ways_and_transactions() -> None:
    files = {
        "migrations/001_a.sql": """
            -- +goose Up
            ALTER TABLE a ADD COLUMN b int;
            -- +goose Down
            ALTER TABLE a DROP COLUMN b;
        """,
        "migrations/002_b.sql": """
            -- +goose NO TRANSACTION
            -- +goose Up
            CREATE INDEX CONCURRENTLY i ON a (b);
        """,
    }

    first, second = migrating(files).migrations

    assert [_told(step) for step in first.backward or ()] == ["drop_column a.b"]
    assert [(step.kind.name, step.in_transaction) for one in (first, second) for step in one.forward] == [
        ("ADD_COLUMN", True),
        ("ADD_INDEX", False),
    ]
    assert (second.backward, second.dialect.name) == (None, "postgres")


@pytest.mark.parametrize(
    "names",
    [
        ("migrations/1_a.up.sql", "migrations/1_a.down.sql"),
        ("migrations/2024-01-02-000000_a/up.sql", "migrations/2024-01-02-000000_a/down.sql"),
        ("sql/V1__a.sql", "sql/U1__a.sql"),
    ],
)
def test_pairs_of_scripts_are_one_migration(names: tuple[str, str]) -> None:
    texts = ("ALTER TABLE a ADD COLUMN b int;", "ALTER TABLE a DROP COLUMN b;")

    found = only(migrating(dict(zip(names, texts, strict=True))))

    assert told(found) == ["add_column a.b"]
    assert [_told(step) for step in found.backward or ()] == ["drop_column a.b"]


def test_scripts_run_in_the_order_of_their_numbers() -> None:
    files = {
        "migrations/10_c.sql": "ALTER TABLE a ALTER COLUMN b SET NOT NULL;",
        "migrations/9_b.sql": "ALTER TABLE a ADD CONSTRAINT c CHECK (b IS NOT NULL) NOT VALID;"
        "ALTER TABLE a VALIDATE CONSTRAINT c;",
        "migrations/1_a.sql": "CREATE TABLE a (b varchar(5)); ALTER TABLE a ALTER b TYPE text;",
        "migrations/11_d.sql": "ALTER TABLE a ALTER COLUMN b TYPE int;",
    }

    assert [told(one) for one in migrating(files).migrations] == [
        ["create_table a", "change_type a.b varchar(5) to text"],
        ["add_check a.b c not_valid proves_not_null", "validate_constraint a c"],
        ["set_not_null a.b proves_not_null"],
        ["change_type a.b text to int"],
    ]


def test_what_only_tokens_tell() -> None:
    files = {
        "migrations/1_a.up.sql": """
            ALTER TABLE ONLY a ADD CONSTRAINT u UNIQUE USING INDEX i;
            DROP INDEX CONCURRENTLY IF EXISTS x, y;
            BEGIN; DO $$ BEGIN PERFORM 1; END $$; COMMIT;
            ALTER TABLE a RENAME old TO new;
        """,
        "migrations/1_a.down.sql": "DROP TABLE a;",
    }

    assert told(only(migrating(files))) == [
        "add_unique a i using_index is_unique",
        "drop_index x concurrently",
        "drop_index y concurrently",
        "begin",
        "run_code",
        "commit",
        "rename_column a.old new",
    ]


def test_new_names_and_types_of_mysql() -> None:
    files = {
        "migrations/1_a.mysql.up.sql": """
            RENAME TABLE a TO b, `c` TO `s`.`d`;
            RENAME USER a TO b;
            ALTER TABLE b CHANGE old new int NOT NULL, MODIFY COLUMN z text;
        """,
        "migrations/1_a.mysql.down.sql": "",
    }

    assert told(only(migrating(files))) == [
        "rename_table a b",
        "rename_table c s.d",
        "unknown",
        "rename_column b.old new",
        "change_type b.new",
        "set_not_null b.new",
        "change_type b.z",
    ]


def test_what_a_comment_quotes_does_not_tell_the_dialect() -> None:
    files = {
        "migrations/1_a.up.sql": "/* drops `items` */ DO $$ BEGIN PERFORM 1; END $$; DROP TABLE items;",
        "migrations/1_a.down.sql": "",
    }

    migration = only(migrating(files))

    assert told(migration) == ["run_code", "drop_table items"]
    assert migration.is_postgres


def test_broken_statements_are_unknown() -> None:
    files = {
        "migrations/1_a.up.sql": "CREATE INDEX ON (a); ALTER TABLE RENAME a TO; ALTER TABLE a ADD COLUMN; DROP INDEX;"
        "CREATE INDEX CONCURRENTLY i ON a",
        "migrations/1_a.down.sql": "",
    }

    *broken, last = told(only(migrating(files)))

    assert {one.partition(" ")[0] for one in broken} == {"unknown"}
    assert last == "add_index a i concurrently"


def test_a_numbered_file_alone_and_a_schema_are_no_migrations() -> None:
    files = {"sql/1_report.sql": "CREATE TABLE a (b int);", "sql/schema.sql": "CREATE TABLE c (b int);"}

    assert list(migrating(files).migrations) == []


def test_scripts_are_remembered_and_a_changed_one_is_read_again(tmp_path: Path) -> None:
    folder = tmp_path / "migrations"
    folder.mkdir()
    (tmp_path / "archlint.toml").write_text("")
    (folder / "1_a.sql").write_text("CREATE TABLE a (b jsonb);")
    script = folder / "2_b.sql"
    overrides = Overrides(select=("ARC640",), jobs=1)

    def found() -> list[str]:
        report = check([tmp_path], root=tmp_path, overrides=overrides)
        return [f"{one.diagnostic.span.path}:{one.diagnostic.span.line}" for one in report.results]

    script.write_text("CREATE INDEX i ON a (b);")
    assert found() == found() == ["migrations/2_b.sql:1"]
    script.write_text("-- now\n-- later\nCREATE INDEX i ON a (b);")
    assert found() == ["migrations/2_b.sql:3"]
    (folder / "1_a.sql").write_text("CREATE TABLE `a` (b int) ENGINE=InnoDB;")
    assert found() == []
