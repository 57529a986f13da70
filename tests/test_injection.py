"""SQL injection on shapes that are too long to be fixtures."""

from __future__ import annotations

from linking import linked

from archlint.project.injection.inserted import inserted
from archlint.project.injection.ways import Ways
from archlint.project.project import UnitPlace


def test_a_name_that_many_branches_add_to_is_followed_once_through_each() -> None:
    branches = [f"    if kind == {number}:\n        text = text + other\n" for number in range(60)]
    sent = '    cursor.execute("SELECT a FROM t WHERE b = \'" + text + "\'")\n'
    project = linked({"app.py": "".join(["def f(cursor, text, other, kind):\n", *branches, sent])})

    module = project.modules[0]
    (one,) = inserted(project, UnitPlace(module, module.facts.units[0]))
    way = Ways(project).to(one)

    assert way is not None
    assert (way.parameter, way.is_found) == ("text", False)
