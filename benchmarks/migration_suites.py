"""What archlint says of the cases of other linters for migrations; for docs/precision.md.

python benchmarks/migration_suites.py CHECKOUT...

A checkout of squawk, eugene or django-migration-linter. Each case is written as a migration behind one that is of no
concern, and archlint looks at it with its rules about the same, which `migration_suites.yaml` names. With `--cases`,
each case in which the two disagree is printed as well.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import yaml
from migration_cases import Case, cases

KNOWN = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"))
SETTINGS = 'DATABASES = {"default": {"ENGINE": "django.db.backends.postgresql"}}\n'
HEAD = "| suite | rule | archlint | cases that fail | archlint agrees | cases that pass | archlint agrees |"


def codes(case: Case) -> list[str]:
    """Return the codes of archlint that are about the same, none where the case is out of scope."""
    told = KNOWN[case.suite]["rules"][case.rule]
    is_known = isinstance(told, list) and not case.why and case.name not in KNOWN[case.suite].get("cases", {})
    return told if is_known else []


def found(folder: Path, selected: Iterable[str]) -> set[tuple[str, str]]:
    """Return the paths that archlint reports, with the code."""
    command = [sys.executable, "-m", "archlint", "check", ".", "--no-cache", "--preview", "--min-confidence", "low"]
    command += ["--select", ",".join(sorted(set(selected))), "--output-format", "json", "--isolated"]
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return {(one["path"], one["code"]) for one in json.loads(run.stdout)["diagnostics"]}


def write(folder: Path, files: Iterable[tuple[str, str]]) -> None:
    """Write files into a folder."""
    for path, text in files:
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8", newline="")


def agreed(known: list[Case]) -> list[bool]:
    """Return for each case whether archlint says the same: the scripts in one run, each Django project in its own."""
    said: list[set[str]] = [set() for _ in known]
    with tempfile.TemporaryDirectory() as name:
        for number, case in enumerate(known):
            if not case.is_python:
                write(Path(name, "postgres", str(number)), case.files.items())
        for path, code in found(Path(name), (code for case in known for code in codes(case))):
            _, place, inside = path.split("/", 2)
            if inside == list(known[int(place)].files)[-1]:
                said[int(place)].add(code)
    for number, case in enumerate(known):
        if case.is_python:
            with tempfile.TemporaryDirectory() as name:
                write(Path(name), [("config/settings.py", SETTINGS), *case.files.items()])
                said[number] = {code for _, code in found(Path(name), codes(case))}
    return [case.fails == (not said[number].isdisjoint(codes(case))) for number, case in enumerate(known)]


def counts(judged: list[tuple[Case, bool]]) -> str:
    """Return the columns of figures for some cases."""
    by_kind = [[agrees for case, agrees in judged if case.fails is fails] for fails in (True, False)]
    return " | ".join(f"{len(each)} | {sum(each)}" for each in by_kind)


def main() -> None:
    """Print the table."""
    known = [case for one in sys.argv[1:] if not one.startswith("-") for case in cases(Path(one))]
    inside = [case for case in known if codes(case)]
    judged = list(zip(inside, agreed(inside), strict=True))
    print(HEAD, "|---|---|---|---:|---:|---:|---:|", sep="\n")
    by_rule: defaultdict[tuple[str, str], list[tuple[Case, bool]]] = defaultdict(list)
    for case, agrees in judged:
        by_rule[case.suite, case.rule].append((case, agrees))
    for (suite, rule), each in by_rule.items():
        print(f"| {suite} | {rule} | {', '.join(KNOWN[suite]['rules'][rule])} | {counts(each)} |")
    print(f"| all | | | {counts(judged)} |")
    print("\n| suite | rule | cases | why archlint is not asked |\n|---|---|---:|---|")
    outside: defaultdict[tuple[str, str, str], int] = defaultdict(int)
    for case in known:
        if not codes(case):
            told = KNOWN[case.suite]["rules"][case.rule]
            why = case.why or KNOWN[case.suite].get("cases", {}).get(case.name, "") or str(told)
            outside[case.suite, case.rule, why] += 1
    for (suite, rule, why), count in outside.items():
        print(f"| {suite} | {rule} | {count} | {why} |")
    if "--cases" in sys.argv:
        for case in [case for case, agrees in judged if not agrees]:
            print(f"\n{case.suite} {case.rule} {case.name} ({'fails' if case.fails else 'passes'})")
            print(list(case.files.values())[-1].strip())


if __name__ == "__main__":
    main()
