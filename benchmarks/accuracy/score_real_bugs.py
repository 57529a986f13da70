"""Score a linter on real bugs: recall before each fix, silence after it, silence on hard negatives.

A case counts as hit where a result of the case's family has any location (primary, related, or flow step)
on the offending lines, the same statement, the loop header, another offending line, or the fix's site.
README.md beside this file says how to run it.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from linters import Finding, Place, findings, run
from trees import Mirrors, add_mirrors_option, mirrors_of, scratch_folder

Case = dict[str, Any]
Member = tuple[Case, str]
Groups = Mapping[tuple[str, str], list[Member]]

HERE = Path(__file__).resolve().parent
PROGRESS_STEP = 20
NOTHING = r"$^"
FAMILIES = {
    "archlint": {
        "n_plus_one": r"ARC1\d\d",
        "unbounded_query": r"ARC2\d\d",
        "blocking_in_async": r"ARC3\d\d",
        "missing_timeout": r"ARC40\d",
        "missing_error_handling": r"ARC4[1-9]\d",
        "secret_in_code": r"ARC5[0-4]\d",
        "secret_in_logs": r"ARC5[5-9]\d",
    },
    "ruff": {
        "n_plus_one": r"PERF\d+|DJ\d+",
        "unbounded_query": NOTHING,
        "blocking_in_async": r"ASYNC\d+",
        "missing_timeout": r"S113|ASYNC1\d\d",
        "missing_error_handling": r"S110|S112|BLE001|E722",
        "secret_in_code": r"S10[5-7]",
        "secret_in_logs": r"G\d+|S\d+",
    },
    "bandit": {
        "n_plus_one": NOTHING,
        "unbounded_query": NOTHING,
        "blocking_in_async": NOTHING,
        "missing_timeout": r"B113",
        "missing_error_handling": r"B110|B112",
        "secret_in_code": r"B10[5-7]",
        "secret_in_logs": NOTHING,
    },
    "django-orm-lens": {"n_plus_one": r"."},
    "djch": {"n_plus_one": r"."},
    "semgrep": {
        "n_plus_one": r"foreign-keys|batch-import|performance|upsell",
        "unbounded_query": r"len-all|count|performance",
        "blocking_in_async": r"sleep|async",
        "missing_timeout": r"timeout",
        "missing_error_handling": r"raise-for-status|except|error",
        "secret_in_code": r"secret|hardcoded|password|credential|key",
        "secret_in_logs": r"logger|disclosure",
    },
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a linter said on one case; `hit` is None where it could not be scored, and `why` says the reason."""

    case: Case
    which: str
    hit: bool | None
    why: str
    seconds: float
    elsewhere: bool = False

    @property
    def positive(self) -> bool:
        """Say whether a result is wanted in the end: the case is a bug."""
        return bool(self.case["expect"] == "flag")


@dataclass(frozen=True, slots=True)
class Scorer:
    """A linter with the mirrors and folders that scoring it needs."""

    tool: str
    mirrors: Mirrors
    work: Path
    extra: tuple[str, ...] = ()
    single: bool = False

    def score(self, item: tuple[tuple[str, str], list[Member]]) -> list[Verdict]:
        """Run the linter on one commit of one repository and return the verdicts on its cases."""
        (repo, commit), members = item
        if not self.mirrors.git_dir(repo).exists():
            return [Verdict(case, which, None, "no mirror", 0.0) for case, which in members]
        name = f"{repo.replace('/', '+')}-{commit[:10]}"
        root = self.work / "tree" / name
        self._export(repo, commit, root, members)
        sarif = self.work / f"{self.tool}-{name}.sarif"
        sarif.unlink(missing_ok=True)
        seconds, error = run(self.tool, root, sarif, self.extra)
        found = [] if error else list(findings(sarif, root))
        verdicts = [
            Verdict(case, which, None, error, seconds) if error else self._judge(case, which, found, seconds)
            for case, which in members
        ]
        shutil.rmtree(root, ignore_errors=True)
        return verdicts

    def _export(self, repo: str, commit: str, root: Path, members: Sequence[Member]) -> None:
        only = None
        if self.single:
            after = {case.get("after_path") for case, which in members if which == "after"}
            only = {case["path"] for case, _ in members} | after
        shutil.rmtree(root, ignore_errors=True)
        root.mkdir(parents=True)
        self.mirrors.export(repo, commit, root, only)
        subprocess.run(["git", "init", "-q"], cwd=root, check=False)

    def _judge(self, case: Case, which: str, found: Sequence[Finding], seconds: float) -> Verdict:
        mine = [finding for finding in found if self._counts(finding, case)]
        elsewhere = False
        if which == "after":
            place = Place(case["after_path"], case["after_line_start"], _after_end(case))
            hits = [finding for finding in mine if finding.primary.overlaps(place)]
        elif case["expect"] == "silent":
            place = Place(case["path"], case["line_start"], case["line_end"])
            hits = [finding for finding in mine if finding.primary.overlaps(place)]
        else:
            sites = list(_sites(case))
            hits = [each for each in mine if any(place.overlaps(site) for place in each.places for site in sites)]
            elsewhere = bool(hits) and not any(hit.primary.overlaps(site) for hit in hits for site in sites)
        why = "; ".join(sorted({f"{hit.rule} {hit.primary.path}:{hit.primary.first}" for hit in hits}))
        return Verdict(case, which, bool(hits), why[:200], seconds, elsewhere)

    def _counts(self, finding: Finding, case: Case) -> bool:
        """Say whether a finding is of the case's family, and not of another one that is true there as well."""
        families = FAMILIES[self.tool]
        if not re.search(families.get(case["family"], NOTHING), finding.rule):
            return False
        others = [families[name] for name in case.get("other_true_categories") or [] if name in families]
        return not any(re.search(other, finding.rule) for other in others)


def main() -> int:
    """Score a linter and print the tables; return 1 where nothing could be scored."""
    options = _parser().parse_args()
    scorer = Scorer(
        options.tool, mirrors_of(options), scratch_folder("real-bugs-"), tuple(options.extra.split()), options.single
    )
    groups = _groups(_cases(options), after=options.after)
    verdicts = []
    with ThreadPoolExecutor(options.jobs) as pool:
        for done, some in enumerate(pool.map(scorer.score, sorted(groups.items())), start=1):
            verdicts += some
            if done % PROGRESS_STEP == 0:
                print(f"{done}/{len(groups)} trees", file=sys.stderr)
    _print_table(verdicts)
    _print_totals(verdicts)
    if options.out:
        Path(options.out).write_text(json.dumps([_row(verdict) for verdict in verdicts], indent=0), encoding="utf-8")
    errors = [verdict for verdict in verdicts if verdict.hit is None]
    if errors:
        print(f"not scored: {len(errors)}, first: {errors[0].case['repo']}: {errors[0].why}")
    return 1 if errors and len(errors) == len(verdicts) else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tool", choices=sorted(FAMILIES))
    add_mirrors_option(parser)
    parser.add_argument("--cases", default=str(HERE / "data" / "real_bugs.json"))
    parser.add_argument("--family", help="only these families, with commas")
    parser.add_argument("--set", help="only these sets, with commas: django, other")
    parser.add_argument("--id", help="only the cases whose id matches a pattern")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--out", help="write a row per case to this JSON file")
    parser.add_argument("--after", action="store_true", help="also run on the fixed versions")
    parser.add_argument("--single", action="store_true", help="give the tool only the files that a case names")
    parser.add_argument("--sample", type=int, default=1, help="take every Nth case")
    parser.add_argument("--extra", default="", help="more arguments for archlint")
    return parser


def _cases(options: argparse.Namespace) -> list[Case]:
    cases: list[Case] = json.loads(Path(options.cases).read_text(encoding="utf-8"))
    if options.family:
        cases = [case for case in cases if case["family"] in options.family.split(",")]
    if options.set:
        cases = [case for case in cases if case["set"] in options.set.split(",")]
    if options.id:
        cases = [case for case in cases if re.search(options.id, case["id"])]
    return cases[:: options.sample]


def _groups(cases: Sequence[Case], *, after: bool) -> Groups:
    """Return the cases by repository and commit, so that each tree is read once."""
    groups: dict[tuple[str, str], list[Member]] = defaultdict(list)
    for case in cases:
        groups[case["repo"], case.get("before_commit") or case["commit"]].append((case, "before"))
        if after and case["expect"] == "flag" and case.get("after_path") and case.get("after_line_start"):
            groups[case["repo"], case["fix_commit"]].append((case, "after"))
    return groups


def _after_end(case: Case) -> int:
    return int(case.get("after_line_end") or case["after_line_start"])


def _sites(case: Case) -> Iterator[Place]:
    """Yield the places that name the bug."""
    path = case["path"]
    yield Place(path, case["line_start"], case["line_end"])
    if case.get("stmt_start"):
        yield Place(path, case["stmt_start"], case["stmt_end"])
    if case.get("loop_line"):
        yield Place(path, case["loop_line"], case["loop_line"])
    for extra in case.get("also_offending") or []:
        yield Place(extra["path"], extra["line_start"], extra["line_end"])
    fix = case.get("fix_site")
    if isinstance(fix, dict) and fix.get("line_start"):
        yield Place(fix.get("path") or path, fix["line_start"], fix.get("line_end") or fix["line_start"])


def _print_table(verdicts: Sequence[Verdict]) -> None:
    table: dict[tuple[str, str, str], Counter[str]] = defaultdict(Counter)
    for verdict in verdicts:
        sign = "after-fix" if verdict.which == "after" else "positive" if verdict.positive else "negative"
        scope = verdict.case.get("scope", "-") if verdict.positive else "-"
        outcome = "error" if verdict.hit is None else "flagged" if verdict.hit else "silent"
        table[verdict.case["family"], sign, scope][outcome] += 1
    for (family, sign, scope), counts in sorted(table.items()):
        scored = counts["flagged"] + counts["silent"]
        errors = f"  errors {counts['error']}" if counts["error"] else ""
        print(f"{family:24} {sign:10} {scope:26} flagged {counts['flagged']:3}/{scored:3}{errors}")


def _print_totals(verdicts: Sequence[Verdict]) -> None:
    scored = [verdict for verdict in verdicts if verdict.hit is not None]
    elsewhere = sum(verdict.elsewhere for verdict in scored)
    print(f"hits whose primary place is elsewhere (only a related place or a flow step is on the bug): {elsewhere}")
    parts = {
        "recall": [each for each in scored if each.positive and each.which == "before"],
        "false on negatives": [each for each in scored if not each.positive],
        "flagged after the fix": [
            each for each in scored if each.which == "after" and not each.case.get("after_residual")
        ],
    }
    for name, rows in parts.items():
        if rows:
            hits = sum(bool(each.hit) for each in rows)
            print(f"{name}: {hits}/{len(rows)} = {hits / len(rows):.1%}")


def _row(verdict: Verdict) -> dict[str, Any]:
    case = verdict.case
    return {
        "id": case["id"],
        "which": verdict.which,
        "expect": case["expect"],
        "family": case["family"],
        "scope": case.get("scope"),
        "hit": verdict.hit,
        "why": verdict.why,
        "seconds": round(verdict.seconds, 2),
    }


if __name__ == "__main__":
    sys.exit(main())
