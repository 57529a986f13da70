"""What archlint says of sqlfluff's cases for rules that it has as well; for docs/precision.md.

python benchmarks/sqlfluff_cases.py CHECKOUT

Each case is a statement that passes or fails one rule. It is copied to a file of its own, in a folder that is called as
its dialect is, and archlint looks at it with the rule of its own that is about the same. With `--cases`, each case in
which the two disagree is printed as well.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

CASES = "test/fixtures/rules/std_rule_cases"
RULES = {"AM04": "ARC603", "AM08": "ARC609", "AM09": "ARC604", "CV05": "ARC605"}
HEAD = "| sqlfluff | archlint | cases that fail | archlint agrees | cases that pass | archlint agrees |"


@dataclass(frozen=True, slots=True)
class Case:
    """A statement, and whether sqlfluff's rule reports it."""

    rule: str
    name: str
    text: str
    dialect: str
    fails: bool


def cases(checkout: Path) -> Iterator[Case]:
    """Yield the cases of the rules that archlint has as well."""
    for rule in RULES:
        content = yaml.safe_load((checkout / CASES / f"{rule}.yml").read_text(encoding="utf-8"))
        for name, case in content.items():
            if name == "rule":
                continue
            dialect = case.get("configs", {}).get("core", {}).get("dialect", "ansi")
            fails = "fail_str" in case
            yield Case(rule, name, case["fail_str" if fails else "pass_str"], dialect, fails)


def reported(folder: Path) -> set[tuple[str, str]]:
    """Return the files that archlint reports, with the code."""
    command = [sys.executable, "-m", "archlint", "check", ".", "--no-cache", "--preview", "--min-confidence", "low"]
    command += ["--select", ",".join(RULES.values()), "--output-format", "json"]
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return {(one["path"], one["code"]) for one in json.loads(run.stdout)["diagnostics"]}


def main() -> None:
    """Print the table."""
    known = list(cases(Path(sys.argv[1])))
    paths = [f"{case.dialect}/{number}.sql" for number, case in enumerate(known)]
    with tempfile.TemporaryDirectory() as name:
        for case, path in zip(known, paths, strict=True):
            target = Path(name, path)
            target.parent.mkdir(exist_ok=True)
            target.write_text(case.text, encoding="utf-8")
        found = reported(Path(name))
    agreed = [case.fails == ((path, RULES[case.rule]) in found) for case, path in zip(known, paths, strict=True)]
    print(HEAD, "|---|---|---:|---:|---:|---:|", sep="\n")
    for rule, code in RULES.items():
        of_rule = [(case, agrees) for case, agrees in zip(known, agreed, strict=True) if case.rule == rule]
        counts = [[agrees for case, agrees in of_rule if case.fails is fails] for fails in (True, False)]
        print("|", " | ".join([rule, code, *(f"{len(each)} | {sum(each)}" for each in counts)]), "|")
    if "--cases" in sys.argv:
        for case, agrees in zip(known, agreed, strict=True):
            if not agrees:
                print(f"\n{case.rule} {case.name} ({case.dialect}, {'fails' if case.fails else 'passes'})\n{case.text}")


if __name__ == "__main__":
    main()
