"""The cases of three linters for migrations: squawk, eugene and django-migration-linter."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

SQUAWK = "crates/squawk_linter/src/rules"
APPS = "tests/test_project"
IMPORTED = "app_data_migrations"
BEFORE = "CREATE TABLE of_no_concern (id bigint PRIMARY KEY);\n"
LITERAL = re.compile(
    r"""(?xs) (?:let\ (?:sql|out)\ =|\b(?:lint_ok|lint_errors|anon_lint|fix|fix_sql)\() \s*
    (?: r\#"(?P<raw>.*?)"\# | "(?P<plain>(?:\\.|[^"\\])*)" )"""
)
ESCAPES = {"\\n": "\n", "\\r": "\r", '\\"': '"'}


@dataclass(frozen=True, slots=True)
class Case:
    """Migrations, and whether a rule of a suite reports the last of them. `why` says why archlint is not asked."""

    suite: str
    rule: str
    name: str
    fails: bool
    files: Mapping[str, str] = field(default_factory=dict)
    why: str = ""

    @property
    def is_python(self) -> bool:
        """Return whether the migrations are Django's."""
        return any(path.endswith(".py") for path in self.files)


def cases(checkout: Path) -> Iterator[Case]:
    """Yield the cases of the suite in a checkout."""
    for path in sorted(checkout.glob(f"{SQUAWK}/*.rs")):
        yield from of_squawk(path)
    if (checkout / "eugene/examples").is_dir():
        yield from of_examples(checkout / "eugene/examples")
        yield from of_eugene(checkout / "eugene/src")
    if (checkout / APPS).is_dir():
        yield from of_apps(checkout / "tests")
        yield from of_statements(checkout / "tests/unit/test_sql_analyser.py")
        yield from of_imports(checkout / "tests")


def scripts(*texts: str, mark: str = "") -> dict[str, str]:
    """Return texts as scripts that follow each other, behind one of no concern."""
    return {f"migrations/V{number}__a.sql": mark + text for number, text in enumerate([BEFORE, *texts], 1)}


def rust_tests(path: Path) -> Iterator[tuple[str, str, str]]:
    """Yield the name, the SQL and the text of each test of a module in Rust."""
    for part in path.read_text(encoding="utf-8").split("#[test]")[1:]:
        name, match = re.search(r"fn (\w+)", part), LITERAL.search(part)
        if name is None or match is None:
            continue
        text = match["raw"] or ""
        if match["plain"] is not None:
            text = re.sub(r"\\\n\s*", "", match["plain"])
            text = re.sub(r"\\.", lambda one: ESCAPES.get(one[0], one[0]), text)
        yield name[1], text, part


def of_squawk(path: Path) -> Iterator[Case]:
    """Yield the tests of a rule of squawk; those of a fix begin with a report."""
    of_file = re.search(r"Rule::(\w+)", path.read_text(encoding="utf-8"))
    for name, text, part in rust_tests(path):
        told = re.search(r"Rule::(\w+)", part) or of_file
        rule = re.sub(r"(?<!^)(?=[A-Z])", "-", told[1] if told is not None else "").lower()
        version = re.search(r'pg_version: "(\d+)', part)
        why = f"it means PostgreSQL {version[1]}" if version is not None and int(version[1]) < 12 else ""  # noqa: PLR2004
        is_inside = "assume_in_transaction: true" in part and "squawk-disable-assume" not in text
        files = scripts(text, mark="-- +goose Up\n" if is_inside else "")
        yield Case("squawk", rule, name, not re.search(r"\blint_ok", part), files, why)


def of_examples(folder: Path) -> Iterator[Case]:
    """Yield the examples of eugene, whose files hold several scripts."""
    for path in sorted(folder.glob("[EW]*/*.sql")):
        texts = re.split(r"(?m)^-- \d+\.sql$", path.read_text(encoding="utf-8"))[1:]
        yield Case("eugene", path.parent.name, f"example {path.stem}", path.stem == "bad", scripts(*texts))


def of_eugene(folder: Path) -> Iterator[Case]:
    """Yield the assertions in the tests of eugene's linter."""
    hints = (folder / "hint_data.rs").read_text(encoding="utf-8")
    ids = dict(re.findall(r'pub const (\w+): StaticHintData = StaticHintData \{\s*id: "(\w+)"', hints))
    rules = (folder / "lints/rules.rs").read_text(encoding="utf-8")
    ids |= {one: ids[hint] for one, hint in re.findall(r"pub const (\w+): LintRule[^;]*?hint_data::(\w+)", rules)}
    asserted = re.compile(r"assert!\(\s*(!?)matched_lint_rule\(\s*&report,\s*(?:rules::)?(\w+)\.id")
    for name, text, part in rust_tests(folder / "lints.rs"):
        for negated, rule in asserted.findall(part):
            yield Case("eugene", ids[rule], name, not negated, scripts(text))


def methods(path: Path, name: str) -> dict[str, ast.FunctionDef]:
    """Return the test methods of a class of a module."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    body = next(one.body for one in tree.body if isinstance(one, ast.ClassDef) and one.name.startswith(name))
    return {one.name: one for one in body if isinstance(one, ast.FunctionDef) and one.name.startswith("test_")}


def of_django(rule: str, name: str, *, fails: bool, files: Mapping[str, str]) -> Case:
    """Return a case of django-migration-linter."""
    return Case("django-migration-linter", rule, name, fails, files)


def of_apps(folder: Path) -> Iterator[Case]:
    """Yield the apps that are linted as a whole, as PostgreSQL is asked about them."""
    names = dict(re.findall(r'(?m)^(\w+) = \(?\s*"(\w+)"', (folder / "fixtures.py").read_text(encoding="utf-8")))
    path = folder / "functional/test_migration_linter.py"
    for name, method in {**methods(path, "BaseBackward"), **methods(path, "PostgresqlBackward")}.items():
        body = ast.unparse(method)
        told = re.search(r"fixtures\.(\w+)", body)
        apps = folder / "test_project"
        if told is None or "linted_no_migration" in body:
            continue
        paths = (apps / names[told[1]]).rglob("*.py")
        files = {str(one.relative_to(apps)): one.read_text(encoding="utf-8") for one in paths}
        fails = "assertTrue" in body or "finds_errors" in body
        yield of_django("warning" if "nb_warnings" in body else "error", name, fails=fails, files=files)


def of_statements(path: Path) -> Iterator[Case]:
    """Yield the assertions about statements for PostgreSQL."""
    for name, method in methods(path, "PostgresqlAnalyser").items():
        text = ""
        for one in method.body:
            if isinstance(one, ast.Assign):
                told = ast.literal_eval(one.value)
                text = "\n".join(f"{each.rstrip('; ')};" for each in ([told] if isinstance(told, str) else told))
            elif isinstance(one, ast.Expr) and isinstance(one.value, ast.Call):
                asserted = ast.unparse(one.value)
                allows = "allow_warnings" in asserted
                rules = ["warning"] if "Warning" in asserted and not allows else ["error"]
                if "ADD_UNIQUE" in asserted:
                    rules = ["unique"]
                if "assertValid" in asserted and not allows:
                    rules = ["error", "warning"]
                for rule in rules:
                    yield of_django(rule, name, fails="assertValid" not in asserted, files=scripts(text))


def of_imports(folder: Path) -> Iterator[Case]:
    """Yield the functions of migrations that import models, or do not."""
    models = (folder / "test_project" / IMPORTED / "models.py").read_text(encoding="utf-8")
    for name, method in methods(folder / "functional/test_data_migrations.py", "DataMigrationModelImport").items():
        inner = next(one for one in method.body if isinstance(one, ast.FunctionDef))
        lines = [
            "from django.db import migrations",
            ast.unparse(inner).replace(f"tests.test_project.{IMPORTED}", IMPORTED),
        ]
        lines += ["class Migration(migrations.Migration):", f"    operations = [migrations.RunPython({inner.name})]"]
        files = {f"{IMPORTED}/models.py": models, f"{IMPORTED}/migrations/0001_a.py": "\n".join(lines)}
        yield of_django("import", name, fails="assertEqual(1" in ast.unparse(method), files=files)
