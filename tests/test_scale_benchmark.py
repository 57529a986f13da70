"""Generated trees: valid code, the same each time, a smaller one the beginning of a larger one."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "benchmarks"))

from scale_tree.tree import write

from archlint.pipeline import check


def files(root: Path) -> dict[str, str]:
    return {path.relative_to(root).as_posix(): path.read_text(encoding="utf-8") for path in root.rglob("*.py")}


def test_a_smaller_tree_is_the_beginning_of_a_larger_one(tmp_path: Path) -> None:
    small, large = tmp_path / "small", tmp_path / "large"
    counted = {root: write(root, lines) for root, lines in ((small, 3_000), (large, 9_000))}
    texts = {root: files(root) for root in counted}

    assert counted == {root: sum(text.count("\n") for text in found.values()) for root, found in texts.items()}
    assert counted[small] >= 3_000
    assert texts[small].items() < texts[large].items()
    assert len(set(texts[large].values())) > len(texts[large]) * 0.9
    for path, text in texts[large].items():
        ast.parse(text, path)


def test_services_use_each_other_and_make_findings(tmp_path: Path) -> None:
    write(tmp_path, 12_000)
    texts = files(tmp_path)
    packages = {path.partition("/")[0] for path in texts if path.startswith("svc_")}
    used = {other for path, text in texts.items() for other in packages - {path.partition("/")[0]} if other in text}
    report = check([tmp_path], root=tmp_path)

    assert len(packages) > 1
    assert used
    assert {one.diagnostic.code for one in report.results} >= {"ARC101", "ARC411"}
