"""Stored facts: small, read in parts, refused when damaged; and the digests by which a change is told."""

from __future__ import annotations

import random
import zlib
from pathlib import Path

import msgspec
import pytest
from lowering import by_ast

from archlint.ir import bodies, packing
from archlint.ir.bodies import OpenBlocks
from archlint.ir.module import (
    ModuleFacts,
    body_digest,
    declarations_digest,
    decode_body,
    decode_facts,
    encode_facts,
)
from archlint.knowledge import knowledge
from archlint.project.project import Project

ROOT = Path(__file__).parent.parent
MODULE = """\
import os
from django.db import models as m


class Order(m.Model, metaclass=Meta):
    total = m.DecimalField(max_digits=9)

    @property
    def name(self, *, upper: bool = False) -> str:
        if upper:
            return self.total[1:2]
        return f"{self.total} %d %"

    class Meta:
        def nested(self): return 1e9


if os.name:
    def late(a, b): pass

async def load(path="[1,2,3 [007,08,09 %s"):
    await path.read(0.1, -5, 99999999999)
"""


def damaged(data: bytes) -> list[bytes]:
    chance = random.Random(3)  # noqa: S311 - a choice, no secret
    cut = [data[: chance.randrange(len(data))] for _ in range(40)]
    flipped = []
    for _ in range(200):
        at = chance.randrange(len(data))
        flipped.append(data[:at] + bytes([data[at] ^ (1 << chance.randrange(8))]) + data[at + 1 :])
    return [*cut, *flipped, b"", b"\0" * 9, chance.randbytes(60)]


def test_facts_are_the_same_after_storing() -> None:
    facts = by_ast(MODULE)
    read = decode_facts(encode_facts(facts))
    assert read == facts
    assert [decode_body(unit.body) for unit in read.units] == [decode_body(unit.body) for unit in facts.units]
    assert encode_facts(read) == encode_facts(facts)


@pytest.mark.parametrize("name", ["app.orders.views", "orders.views", "views", "", "other", "app.orders"])
def test_the_name_of_a_module_need_not_be_its_path(name: str) -> None:
    assert decode_facts(encode_facts(by_ast("x = 1", name))).name == name


def test_facts_take_less_than_the_source() -> None:
    """Own code is denser than that of the code bases in docs/performance.md, so it takes more than they do."""
    texts = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "src").rglob("*.py"))]
    stored = sum(len(encode_facts(by_ast(text))) for text in texts)
    assert stored < 0.72 * sum(len(text) for text in texts)


def test_declarations_are_read_without_bodies(monkeypatch: pytest.MonkeyPatch) -> None:
    data = encode_facts(by_ast(MODULE))
    monkeypatch.setattr(bodies, "read_texts", None)
    facts = decode_facts(data)
    assert [row.name for row in facts.functions] == ["name", "nested", "late", "load"]
    assert facts.functions[0].parameters[1].name == "upper"
    with pytest.raises(TypeError):
        decode_body(facts.units[0].body)


def test_few_files_are_open_at_a_time() -> None:
    opened = OpenBlocks(most=1)
    files = [decode_facts(encode_facts(by_ast(MODULE)), opened) for _ in range(5)]
    for facts in files * 2:
        assert decode_body(facts.units[2].body) is not decode_body(facts.units[2].body)
    assert len(opened) == 1


def test_a_project_keeps_few_bodies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archlint.project.project._KEPT_BODIES", 1)
    facts = decode_facts(encode_facts(by_ast(MODULE)))
    project = Project([facts], {}, knowledge())
    first, second = facts.units[2:4]
    body = project.body(first)
    assert project.body(first) is body
    project.body(second)
    assert project.body(first) is not body
    assert project.body(first) == body


def is_refused(data: bytes) -> bool:
    try:
        for unit in decode_facts(data).units:
            decode_body(unit.body)
    except msgspec.DecodeError:
        return True
    return False


def test_damaged_facts_are_refused() -> None:
    """Flipped bits may give other facts; whatever gives none is one kind of error."""
    assert sum(map(is_refused, damaged(encode_facts(by_ast(MODULE))))) > 200


def bomb(head: bytes, size: int) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15, zdict=packing.preset())
    return len(head).to_bytes(4, "little") + packer.compress(head + b" " * size) + packer.flush()


def test_facts_that_would_fill_the_memory_are_not_inflated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packing, "MOST", 100_000)
    with pytest.raises(msgspec.ValidationError, match="too long"):
        packing.read_texts(bomb(b"[]", 10_000_000))
    with pytest.raises(msgspec.ValidationError, match="too long"):
        packing.read_head(bomb(b" " * 1_000_000, 0))
    with pytest.raises(packing.TooManyFactsError):
        encode_facts(by_ast("f(\n" + "".join(f"  a{n}.b{n},\n" for n in range(5000)) + ")"))


EDITS = {
    "a line above": ("import os\n", "# why\nimport os\n", False, set()),
    "the body of a method": ("return self.total[1:2]", "return save(self.total)", False, {"name"}),
    "a loop in a function": ("    await path", "    for _ in x: await path", False, {"load"}),
    "a number in a body": ("0.1, -5", "0.1, -6", False, {"load"}),
    "a space in a body": ("0.1, -5", "0.1,  -5", False, {"load"}),
    "a value of a class": ("max_digits=9", "max_digits=8", False, {"total"}),
    "a parameter": ("late(a, b)", "late(a, c)", True, {""}),
    "a default": ("[1,2,3 [007", "[1,2,4 [007", True, {"load"}),
    "a decorator": ("@property", "@cached_property", True, {"name"}),
    "an import": ("models as m", "other as m", True, {""}),
    "a base": ("m.Model, ", "m.Mode, ", True, set()),
    "a name": ("total = m", "sum = m", True, {"sum"}),
}


@pytest.mark.parametrize("edit", EDITS)
@pytest.mark.parametrize("is_stored", [False, True], ids=["lowered", "stored"])
def test_digests_change_with_what_they_are_of(edit: str, is_stored: bool) -> None:
    old, new, is_declared, changed = EDITS[edit]
    before, after = by_ast(MODULE), by_ast(MODULE.replace(old, new, 1))
    if is_stored:
        before, after = decode_facts(encode_facts(before)), decode_facts(encode_facts(after))
    assert (declarations_digest(after) != declarations_digest(before)) is is_declared
    known = digests(before)
    assert {unit.name for unit in after.units if body_digest(unit) not in known} == changed


def digests(facts: ModuleFacts) -> set[bytes]:
    return {body_digest(unit) for unit in facts.units}
