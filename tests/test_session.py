"""A process that asks about a project again and again is told what a new one would be told."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest
from cases import cases, copied, expectations
from msgspec.structs import replace

from archlint import check
from archlint.diagnostic import Diagnostic
from archlint.report.result import Report
from archlint.session import Session
from archlint.settings import Overrides
from archlint.stages import analyse
from archlint.workers import Lost

_OVERRIDES = Overrides(select=("ALL",), preview=True, no_cache=True, min_confidence="low", jobs=1)
_BAD = [case for case in cases() if case.name.startswith("bad")]
_STEM = "query_in_loop_through_call"


def _found(report: Report) -> list[Diagnostic]:
    return [one.diagnostic for one in report.results]


def _project(tmp_path: Path) -> tuple[Path, str]:
    """A project with a finding, and the path of that."""
    bad = (case for case in _BAD if case.parent.name == _STEM)
    case = next(case for case in bad if len(list(case.rglob("*.py"))) > 1)
    return copied(case, tmp_path), expectations(case)[0].path


@pytest.mark.slow
@pytest.mark.parametrize("case", random.Random(7).sample(_BAD, 25), ids=lambda case: "-".join(case.parts[-2:]))  # noqa: S311
def test_second_answer_is_that_of_a_new_process(case: Path, tmp_path: Path) -> None:
    project = copied(case, tmp_path)
    path = expectations(case)[0].path
    if not path.endswith(".py"):
        pytest.skip("is about Python files")
    session = Session(project, _OVERRIDES)
    text = (project / path).read_text(encoding="utf-8")
    session.report((project / path,), {})

    edited = session.report((project / path,), {path: f"import os\n\n{text}"})
    back = session.report((project / path,), {})

    assert _found(back) == _found(check([project / path], root=project, overrides=_OVERRIDES))
    (project / path).write_text(f"import os\n\n{text}", encoding="utf-8")
    assert _found(edited) == _found(check([project / path], root=project, overrides=_OVERRIDES))


def test_change_on_disk_is_seen(tmp_path: Path) -> None:
    project, path = _project(tmp_path)
    session = Session(project, _OVERRIDES)
    assert session.report((project,), {}).results

    for file in project.rglob("*.py"):
        file.write_text("", encoding="utf-8")
        os.utime(file, ns=(1, 1))

    assert not [one for one in session.report((project,), {}).results if one.diagnostic.span.path == path]


def test_text_of_another_file_counts(tmp_path: Path) -> None:
    project, path = _project(tmp_path)
    session = Session(project, _OVERRIDES)
    others = {
        file.relative_to(project).as_posix(): ""
        for file in project.rglob("*.py")
        if file.relative_to(project).as_posix() != path
    }

    before = _found(session.report((project / path,), {}))
    without = _found(session.report((project / path,), others))

    assert others
    assert before != without


def test_quick_answer_is_a_part(tmp_path: Path) -> None:
    case = next(case for case in _BAD if case.parent.name == "lazy_load_in_serializer")
    project = copied(case, tmp_path)
    session = Session(project, _OVERRIDES)

    whole = _found(session.report((project,), {}))
    quick = _found(session.report((project,), {}, is_quick=True))

    assert [one for one in whole if one in quick] == quick
    assert "ARC110" in {one.code for one in whole} - {one.code for one in quick}


def test_a_quick_answer_is_not_kept_for_others(tmp_path: Path) -> None:
    case = next(case for case in _BAD if case.parent.name == "lazy_load_in_serializer")
    project = copied(case, tmp_path)
    overrides = replace(_OVERRIDES, no_cache=False)
    Session(project, overrides).report((project,), {}, is_quick=True)

    assert _found(check([project], root=project, overrides=overrides)) == _found(
        check([project], root=project, overrides=_OVERRIDES)
    )


def test_a_file_that_was_lost_is_analysed_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project, path = _project(tmp_path)
    session = Session(project, _OVERRIDES)
    for file in project.rglob("*.py"):
        os.utime(file, ns=(1, 1))
    with monkeypatch.context() as patch:
        patch.setattr(analyse, "analyse_all", lambda todo, *_, **__: enumerate([Lost("took too long")] * len(todo)))
        assert {one.code for one in _found(session.report((project,), {}))} == {"ARC005"}

    assert path in {one.span.path for one in _found(session.report((project,), {}))}


_MODELS = """
from sqlalchemy import Column, ForeignKey, Integer
from sqlalchemy.orm import DeclarativeBase, declared_attr, relationship


class Base(DeclarativeBase):
    pass


class Owner(Base):
    __tablename__ = "owners"
    id = Column(Integer, primary_key=True)
    name = Column(Integer)


class Dog(Base):
    __tablename__ = "dogs"
    id = Column(Integer, primary_key=True)
    owner_id = Column(ForeignKey("owners.id"))

    @declared_attr
    def owner(cls):
        return relationship("Owner")
"""
_READER = """
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Dog


def names(session: Session) -> list[str]:
    dogs = session.scalars(select(Dog).limit(10)).all()
    return [dog.owner.name for dog in dogs]
"""


def test_what_is_gathered_from_all_files_is_gathered_again_after_a_body_it_rests_on(tmp_path: Path) -> None:
    column = _MODELS.replace('return relationship("Owner")', 'return Column("owner", Integer)')
    (tmp_path / "models.py").write_text(column, encoding="utf-8")
    (tmp_path / "reader.py").write_text(_READER, encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text("", encoding="utf-8")
    session = Session(tmp_path, _OVERRIDES)

    def codes(overlay: dict[str, str]) -> list[str]:
        return [one.code for one in _found(session.report((tmp_path / "reader.py",), overlay, is_quick=True))]

    assert "ARC102" not in codes({})
    assert "ARC102" not in codes({"reader.py": _READER.replace("limit(10)", "limit(9)")})
    assert "ARC102" in codes({"models.py": _MODELS})
    assert "ARC102" not in codes({})
