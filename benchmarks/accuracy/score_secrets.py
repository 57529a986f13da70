"""Score a linter's secret rules on labelled lines of public repositories: precision, recall, F1.

Set A counts only labelled lines. In set B a finding outside the listed lines is false too.
README.md beside this file says how to run it.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from linters import Place, findings, run
from scanners import SCANNERS
from secret_table import figures, renew, rows
from trees import Mirrors, add_mirrors_option, mirrors_of, scratch_folder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

Item = dict[str, Any]
Line = tuple[str, int]
Group = tuple[str, str, str]

HERE = Path(__file__).resolve().parent
RULES = {"archlint": r"ARC5[0-4]\d", "ruff": r"S10[5-7]", "bandit": r"B10[5-7]"}
TEST = re.compile(
    r"(^|/)(tests?|testing|unittests?|fixtures?|conftest\.py|testdata|e2e|e2etests)(/|$|\.py)"
    r"|/test_[^/]*$|_tests?\.py$|/tests\.py$",
    re.IGNORECASE,
)
SCOPE = re.compile(
    r"\.(py|pyi|ya?ml|json|toml|cfg|ini|conf|properties|config|sql|pem|key)$|\.env[^/]*$|(^|/)Dockerfile[^/]*$"
)
SKIP = re.compile(r"(^|/)(node_modules|locale|static|frontend|admin|client|packages)/")
MAX_LINES = 80


@dataclass(frozen=True, slots=True)
class Labels:
    """The labelled lines of one tree: secrets, lines that are none, and lines that do not count."""

    secrets: dict[Line, Item]
    innocent: frozenset[Line]
    uncounted: frozenset[Line]

    @classmethod
    def of(cls, which: str, members: Sequence[Item], neutral: frozenset[Line]) -> Labels:
        """Return the labels of a tree's items."""
        secrets, innocent, uncounted = {}, set(), set(neutral)
        for item in members:
            for line in range(item["line"], item["line_end"] + 1):
                key = item["path"], line
                if item["label"] and item.get("tier") in ("strong", "weak"):
                    secrets[key] = item
                elif item.get("tier") == "test-fixture" or (which == "A" and not item.get("core", True)):
                    uncounted.add(key)
                else:
                    innocent.add(key)
        return cls(secrets, frozenset(innocent), frozenset(uncounted))


@dataclass(frozen=True, slots=True)
class Score:
    """Counts by set and part, what was wrong, the linter's processor seconds by set, and who could not be scored."""

    tally: defaultdict[tuple[str, str], Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    wrong: list[dict[str, Any]] = field(default_factory=list)
    seconds: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    unscored: list[str] = field(default_factory=list)

    def count(self, which: str, path: str, what: str) -> None:
        """Add one to a count in each part that a path belongs to."""
        part = "test" if TEST.search(path) else "prod"
        python = (f"{part} .py", "all .py") if path.endswith(".py") else ()
        for name in (part, "all", *python):
            self.tally[which, name][what] += 1


def main() -> None:
    """Score a linter and print a line per set and part."""
    options = _parser().parse_args()
    mirrors = mirrors_of(options)
    data = json.loads(Path(options.cases).read_text(encoding="utf-8"))
    neutral = _neutral(data)
    work = scratch_folder("secrets-")
    score = Score()
    for group, members in sorted(_groups(data["items"], options.set, options.repo).items()):
        which, repo, _ = group
        if not mirrors.git_dir(repo).exists():
            score.unscored.append(f"no mirror of {repo}")
            continue
        root = _exported(mirrors, work, group, {item["path"] for item in members})
        before = _processor_seconds()
        error, found = _found(options.tool, root)
        score.seconds[which] += _processor_seconds() - before
        shutil.rmtree(root)
        if error is None:
            _judge(score, which, repo, found, Labels.of(which, members, frozenset(neutral[repo])))
        else:
            score.unscored.append(f"{repo}: {error}")
    _tell(score, options)


def _tell(score: Score, options: argparse.Namespace) -> None:
    """Print the score, and write the files that were asked for."""
    print(*score.unscored, sep="\n", end="\n" if score.unscored else "", file=sys.stderr)
    for key in sorted(score.tally):
        _print(key, score.tally[key])
    for which, seconds in sorted(score.seconds.items()):
        print(f"set {which} {seconds:.1f} s of processor time")
    if options.out:
        Path(options.out).write_text(json.dumps(score.wrong, indent=0), encoding="utf-8")
    if options.into:
        if score.unscored or options.repo:
            raise SystemExit("--into needs a score of all repositories")
        renew(Path(options.into), rows(options.tool, score.tally))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tool", choices=sorted([*RULES, *SCANNERS]))
    add_mirrors_option(parser)
    parser.add_argument("--cases", default=str(HERE / "data" / "secrets.json"))
    parser.add_argument("--set", help="only set A or only set B")
    parser.add_argument("--repo", help="only the repositories whose name contains this")
    parser.add_argument("--out", help="write what was missed or false to this JSON file")
    parser.add_argument("--into", help="renew the tool's rows in the table of this Markdown file")
    return parser


def _neutral(data: Mapping[str, Any]) -> Mapping[str, set[Line]]:
    """Return, by repository, the lines that are neither right nor wrong."""
    neutral: dict[str, set[Line]] = defaultdict(set)
    for item in data.get("neutral_do_not_score", data.get("neutral", [])):
        neutral[item["repo"]].add((item["path"], item["line"]))
    return neutral


def _groups(items: Sequence[Item], which: str | None, repo: str | None) -> Mapping[Group, list[Item]]:
    """Return the items by set, repository and commit, so that each tree is read once."""
    groups: dict[Group, list[Item]] = defaultdict(list)
    for item in items:
        if (not which or item["set"] == which) and (not repo or repo in item["repo"]):
            groups[item["set"], item["repo"], item["commit"]].append(item)
    return groups


def _exported(mirrors: Mirrors, work: Path, group: Group, listed: set[str]) -> Path:
    """Return a folder with the files of a tree that are scored."""
    which, repo, commit = group
    root = work / f"secrets-{repo.replace('/', '+')}"
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    others = {path for path in mirrors.paths(repo, commit) if SCOPE.search(path) and not SKIP.search(path)}
    mirrors.export(repo, commit, root, listed if which == "A" else others | listed)
    return root


def _processor_seconds() -> float:
    """Return what finished child processes used; wall time would tell more of who else works on the machine."""
    times = os.times()
    return times.children_user + times.children_system


def _found(tool: str, root: Path) -> tuple[str | None, list[tuple[Place, str]]]:
    """Return what went wrong, if anything did, and place and rule of each secret that a tool sees in a tree."""
    report = root.with_name(f"{root.name}-{tool}.report")
    report.unlink(missing_ok=True)
    scanner = SCANNERS.get(tool)
    _, error = scanner.run(root, report) if scanner else run(tool, root, report)
    found: dict[Place, str] = {}
    if error is None:
        rules = scanner.rules if scanner else RULES[tool]
        for finding in scanner.read(report, root) if scanner else findings(report, root):
            if re.search(rules, finding.rule):
                found.setdefault(finding.primary, finding.rule)
    return error, list(found.items())


def _judge(score: Score, which: str, repo: str, found: Sequence[tuple[Place, str]], labels: Labels) -> None:
    hit: set[int] = set()
    for place, rule in found:
        lines = list(_lines(place))
        good = [line for line in lines if line in labels.secrets]
        if good:
            # A finding on a weak line is neither right nor wrong for the strong score.
            hit.update(id(labels.secrets[line]) for line in good)
        elif any(line in labels.uncounted for line in lines):
            continue
        elif which == "B" or any(line in labels.innocent for line in lines):
            score.count(which, place.path, "fp")
            score.wrong.append({"repo": repo, "path": place.path, "line": place.first, "what": "false", "rule": rule})
    for item in {id(item): item for item in labels.secrets.values()}.values():
        path, line, tier = item["path"], item["line"], item["tier"]
        score.count(which, path, f"{'tp' if id(item) in hit else 'fn'}_{tier}")
        if id(item) not in hit:
            score.wrong.append({"repo": repo, "path": path, "line": line, "what": "missed", "tier": tier})


def _lines(place: Place) -> Iterator[Line]:
    """Yield the lines of a finding; a finding over a whole file names only its beginning."""
    for line in range(place.first, min(place.last, place.first + MAX_LINES) + 1):
        yield place.path, line


def _print(key: tuple[str, str], counts: Counter[str]) -> None:
    which, part = key
    false = counts["fp"]
    right, missed = counts["tp_strong"] + counts["tp_weak"], counts["fn_strong"] + counts["fn_weak"]
    strong, strong_missed = counts["tp_strong"], counts["fn_strong"]
    print(
        f"set {which} {part:9} broad {figures(right, missed, false)}   "
        f"strong {figures(strong, strong_missed, false)} ({strong}/{strong + strong_missed})   false {false}"
    )


if __name__ == "__main__":
    main()
