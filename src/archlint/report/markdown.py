"""A summary for a pull request or for `$GITHUB_STEP_SUMMARY`: figures, rules, and the findings that weigh most."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from archlint.report.escaping import inert
from archlint.report.hosted import hosted
from archlint.report.links import explain_command
from archlint.report.order import sort_results
from archlint.report.prose import counted, first_sentence, shortened
from archlint.report.rich_text import as_html, as_markdown, code_html
from archlint.report.summary import summary_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archlint.diagnostic import Related, Span
    from archlint.report.options import RenderOptions
    from archlint.report.result import Report, Result

LONGEST = 65_536
"""How many characters GitHub takes in one comment."""
_RESERVED = 200
_RULES, _STEPS, _SKIPPED, _TEXT = 50, 15, 10, 300


def markdown(report: Report, options: RenderOptions) -> str:
    """Return Markdown of at most `LONGEST` characters, each finding with its chain folded.

    What comes from the checked project stands in blocks of HTML, in which nothing of it is taken for markup.
    """
    found = hosted(report, options)
    head = "".join([*_head(found.report, found.left_out), *_rules(found.report)])
    return inert(_filled(head, found.report), colon="&#58;", number_sign="&#35;")


def _filled(head: str, report: Report) -> str:
    """Return the head and as many findings as fit, and how many more there are."""
    results = sort_results(report.results, by="rank")
    parts, length = [head], len(head) + _RESERVED
    for number, result in enumerate(results):
        block = _finding(result)
        # A command that is made inert grows by four characters.
        length += len(block) + 4 * block.count("##")
        if length > LONGEST:
            parts.append(f"\n{counted(len(results) - number, 'more finding')} left out: a comment takes no more.\n")
            break
        parts.append(block)
    return "".join(parts)


def _head(report: Report, left_out: int) -> Iterator[str]:
    yield f"## archlint\n\n{summary_line(report)}\n"
    if report.fixed:
        yield f"\nMade {counted(report.fixed, 'fix', 'fixes')}.\n"
    if report.crashed:
        yield "\n**archlint failed in at least one rule, so the result is incomplete.**\n"
    if left_out:
        yield f"\nLeft out {counted(left_out, 'finding')} in files outside the repository.\n"
    if report.skipped:
        listed = "".join(f"<li>{_skipped(*one)}</li>" for one in report.skipped[:_SKIPPED])
        more = len(report.skipped) - _SKIPPED
        rest = f"<li>and {more} more</li>" if more > 0 else ""
        title = f"{counted(len(report.skipped), 'file')} could not be checked"
        yield f"\n<details><summary>{title}</summary><ul>{listed}{rest}</ul></details>\n"


def _skipped(path: str, reason: str) -> str:
    return f"{_code(path or 'outside the repository')}: {_text(reason)}"


def _rules(report: Report) -> Iterator[str]:
    """Yield the table of rules: the worst first, then those with most findings."""
    if not report.results:
        return
    counts = Counter(result.entry.code for result in report.results)
    worst = {one.entry.code: one for one in reversed(sort_results(report.results, by="rank"))}
    order = sorted(worst.values(), key=lambda one: (-one.severity.rank, -counts[one.entry.code], one.entry.code))
    yield "\n| rule | | findings | worst |\n|---|---|---:|---|\n"
    for one in order[:_RULES]:
        entry = one.entry
        summary = as_markdown(shortened(entry.summary, _TEXT)).replace("|", r"\|")
        yield f"| `{entry.code}` {entry.name} | {summary} | {counts[entry.code]} | {one.severity.value} |\n"
    if len(order) > _RULES:
        yield f"\nand {counted(len(order) - _RULES, 'more rule')}\n"


def _finding(result: Result) -> str:
    """Return one block of HTML: it holds no empty line, at which Markdown would begin again."""
    found, entry = result.diagnostic, result.entry
    title = f"<b>{result.severity.value}</b> {_code(entry.code)} {_place(found.span)} {_text(found.message)}"
    chain = "".join(f"<li>{_step(step)}</li>" for step in found.flow[:_STEPS])
    more = len(found.flow) - _STEPS
    rest = f"<p>and {counted(more, 'more step')}</p>" if more > 0 else ""
    notes = "".join(f"<li>{_step(place)}</li>" for place in found.related[:_STEPS])
    advice = first_sentence(entry.instead)
    return (
        f"\n<details><summary>{title}</summary>\n"
        + (f"<ol>{chain}</ol>{rest}\n" if chain else "")
        + (f"<ul>{notes}</ul>\n" if notes else "")
        + (f"<p>{_text(advice)}.</p>\n" if advice else "")
        + f"<p>{_code(explain_command(entry))}</p>\n</details>\n"
    )


def _step(step: Related) -> str:
    return f"{_place(step.span)} {_text(step.message)}"


def _place(span: Span) -> str:
    return _code(f"{shortened(span.path, _TEXT)}:{span.line}")


def _code(text: str) -> str:
    return code_html(shortened(text, _TEXT))


def _text(text: str) -> str:
    return as_html(shortened(text, _TEXT))
