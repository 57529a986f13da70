"""`archlint check`: lint and report."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from msgspec.structs import replace

from archlint.cli.baseline_upkeep import kept_up
from archlint.cli.output import here, sinks_of, write_all, write_differences
from archlint.cli.progress import progress_bar
from archlint.errors import UsageError
from archlint.report.formats import FORMATS

if TYPE_CHECKING:
    from archlint.pipeline import Request
    from archlint.report.result import Report
    from archlint.settings import Settings

Function = TypeVar("Function", bound=Callable[..., Any])
Result = TypeVar("Result")
_CODES = "CODES"
EXIT_CODES = (
    "Exit codes: 0 clean, 1 diagnostics, 2 usage or configuration, 3 internal error, "
    "4 incomplete under --strict, 130 interrupted."
)


def codes(_ctx: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...] | None:
    """Return comma-separated values of an option that may be repeated, None where it was not given.

    Raises `UsageError` where no rule at all would run: `--select "$RULES"` with an empty variable is no gate.
    """
    words = tuple(word.strip() for value in values for word in value.split(",") if word.strip())
    if values and not words and parameter.name == "select":
        raise UsageError("`--select` names no rule: leave it out, or name codes, families or ALL")
    return words if values else None


def rule_options(function: Function) -> Function:
    """Add the options that say which rules run and what fails."""
    for name, text in (
        ("--select", "Rules to run: codes, prefixes, names, families or ALL."),
        ("--ignore", "Rules not to run."),
        ("--extend-select", "Rules to run beside those of the configuration."),
        ("--extend-ignore", "Rules not to run beside those of the configuration."),
    ):
        function = click.option(name, multiple=True, metavar=_CODES, callback=codes, help=text)(function)
    function = click.option("--preview/--no-preview", default=None, help="Take preview rules as well.")(function)
    function = click.option(
        "--min-confidence", type=click.Choice(["high", "medium", "low"]), help="Least confidence that is reported."
    )(function)
    return click.option(
        "--fail-on", type=click.Choice(["error", "warning", "note", "never"]), help="Least severity that exits with 1."
    )(function)


def _fix_options(function: Function) -> Function:
    function = click.option("--fix/--no-fix", default=None, help="Write safe fixes into the files.")(function)
    function = click.option(
        "--unsafe-fixes/--no-unsafe-fixes", default=None, help="Count fixes that may change what the program does."
    )(function)
    function = click.option(
        "--add-ignore", metavar="REASON", help="Write a suppression with this reason for each diagnostic."
    )(function)
    return click.option("--diff", is_flag=True, help="Write nothing; print what fixes would change, and suggestions.")(
        function
    )


def file_options(function: Function) -> Function:
    """Add the options that say which files are read, and under which configuration."""
    function = exclude_options(function)
    function = click.option(
        "--force-exclude/--no-force-exclude", default=None, help="Leave out even files that are named here."
    )(function)
    function = click.option(
        "--respect-gitignore/--no-respect-gitignore", default=None, help="Leave out what git ignores."
    )(function)
    return configuration_options(function)


def exclude_options(function: Function) -> Function:
    """Add the options that leave files out."""
    for name, text in (("--exclude", "Files to leave out."), ("--extend-exclude", "More files to leave out.")):
        function = click.option(name, multiple=True, metavar="GLOBS", callback=codes, help=text)(function)
    return function


def configuration_options(function: Function) -> Function:
    """Add the options that say which configuration is read."""
    function = click.option("--config", type=click.Path(path_type=Path), metavar="FILE", help="The configuration.")(
        function
    )
    return click.option("--isolated", is_flag=True, help="Read no configuration.")(function)


def output_options(function: Function) -> Function:
    """Add the options that say what is reported, how and where."""
    *others, last = FORMATS
    function = click.option("--output-format", metavar="FORMAT", help=f"{', '.join(others)} or {last}.")(function)
    function = click.option("--output-file", "-o", metavar="FILE", help="Write the report to a file.")(function)
    function = click.option(
        "--output", multiple=True, metavar="FORMAT=FILE", help="Write one more report; may be repeated."
    )(function)
    function = click.option("--sort", type=click.Choice(["path", "rank"]), default="path", help="Order of the report.")(
        function
    )
    function = click.option("--statistics", is_flag=True, help="Count the diagnostics of each rule.")(function)
    function = click.option("--timings", is_flag=True, help="Say how long each rule took.")(function)
    function = click.option("--include-suppressed", is_flag=True, help="Report suppressed diagnostics, marked.")(
        function
    )
    return told_options(baseline_options(function))


def baseline_options(function: Function) -> Function:
    """Add the options that say which findings are known."""
    function = baseline_file_options(function)
    return click.option("--include-baselined", is_flag=True, help="Report what the baseline has as well, marked.")(
        function
    )


def baseline_file_options(function: Function) -> Function:
    """Add the options that say which file the baseline is."""
    function = click.option("--baseline", metavar="FILE", help="The baseline.")(function)
    return click.option("--no-baseline", "baseline", flag_value="", help="Use no baseline.")(function)


def run_options(function: Function) -> Function:
    """Add the options that say how a run goes and what its end means."""
    function = work_options(function)
    function = click.option("--exit-zero", is_flag=True, help="Exit with 0 although there are diagnostics.")(function)
    return click.option("--strict", is_flag=True, help="Exit with 4 when something could not be checked.")(function)


def work_options(function: Function) -> Function:
    """Add the options that say how a run goes."""
    function = click.option("--jobs", "-j", type=click.IntRange(0, 1024), help="Processes; 0 is one for each core.")(
        function
    )
    function = click.option("--cache-dir", metavar="DIR", help="Where results are kept.")(function)
    function = click.option("--no-cache", is_flag=True, help="Neither read nor write the cache.")(function)
    return click.option("--ignore-suppressions", is_flag=True, help="Report what comments silence.")(function)


def told_options(function: Function) -> Function:
    """Add the options that say how much is said beside what was asked for."""
    function = click.option("--quiet", "-q", is_flag=True, help="Print diagnostics only.")(function)
    return click.option("--verbose", "-v", is_flag=True, help="Say what is being done.")(function)


def _new_options(function: Function) -> Function:
    function = click.option(
        "--new-from", metavar="REV", help="Report what is not found in the merge base of HEAD and a revision."
    )(function)
    return click.option(
        "--diff-lines", metavar="REV", help="Report what is on lines that changed since then; incomplete."
    )(function)


def _since_option(function: Function) -> Function:
    return click.option(
        "--since",
        "migrations_since",
        metavar="REV",
        help="Judge only migrations that are new or changed since HEAD left this revision of git.",
    )(function)


def _show_options(function: Function) -> Function:
    function = click.option("--show-settings", is_flag=True, help="Show all settings and where each comes from.")(
        function
    )
    return click.option("--show-files", is_flag=True, help="Show the files that would be read.")(function)


def check_options(function: Function) -> Function:
    """Add all options of a run that lints and reports."""
    function = output_options(_show_options(run_options(_since_option(function))))
    function = click.option("--stdin-filename", metavar="PATH", help="The name of what `-` reads.")(function)
    return rule_options(_fix_options(_new_options(file_options(function))))


@click.command(epilog=EXIT_CODES)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@check_options
@click.pass_context
def check(ctx: click.Context, /, paths: tuple[Path, ...], **options: Any) -> None:
    """Lint files and folders (the current folder where none is named); `-` reads standard input."""
    from archlint.cli.request import request_of

    lint(ctx, *request_of(paths or (Path(),), options), options)


def lint(ctx: click.Context, request: Request, settings: Settings, options: dict[str, Any]) -> None:
    """Lint what is asked for, report, and leave with the exit code; raises `ArchlintError`."""
    if options["show_settings"] or options["show_files"]:
        from archlint.cli.showing import show_files, show_settings

        click.echo(show_settings(request) if options["show_settings"] else show_files(request), nl=False)
        return
    chosen = options["output_format"] or settings.output_format
    compared = _compared(options, settings)
    is_ignoring = options["add_ignore"] is not None
    if is_ignoring:
        _check_ignoring(options, settings)
    if options["diff"]:
        from archlint.cli.fix_files import differences, ignore_differences

        show = partial(ignore_differences, reason=options["add_ignore"]) if is_ignoring else differences
        found = watched(request, settings, options, lambda one: show(one, settings, here=here(settings.root)))
        write_differences(found, options["output_file"], quiet=options["quiet"])
        ctx.exit(exit_code(found.report, is_failing=found.report.fixed > 0, options=options))
    sinks = sinks_of(chosen, options["output_file"], options["output"])
    work = compared or (partial(_fix, settings=settings) if settings.fix else _only_report)
    if is_ignoring:
        work = partial(_ignore, settings=settings, options=options)
    report, text = watched(request, settings, options, work)
    report = kept_up(report, settings, quiet=options["quiet"])
    write_all(report, sinks, settings, options, text=text)
    ctx.exit(exit_code(report, is_failing=fails(report, settings), options=options))


def _fix(request: Request, settings: Settings) -> tuple[Report, str | None]:
    from archlint.cli.fix_files import fix_files

    return fix_files(request, settings)


def _compared(options: dict[str, Any], settings: Settings) -> Callable[[Request], tuple[Report, str | None]] | None:
    """Return what reports what is new, None where all is wanted; raises `UsageError`."""
    new_from, diff_lines = options["new_from"], options["diff_lines"]
    revision = new_from if new_from is not None else diff_lines
    if revision is None:
        return None
    if new_from is not None and diff_lines is not None:
        raise UsageError("`--new-from` and `--diff-lines` exclude each other")
    if settings.fix or options["diff"] or options["stdin_filename"] is not None:
        raise UsageError("what is new is found in files as they are: without fixes, and without standard input")
    from archlint.comparison import findings_on_changed_lines, new_findings

    compare = new_findings if new_from is not None else findings_on_changed_lines
    return lambda request: (compare(request, revision), None)


def _check_ignoring(options: dict[str, Any], settings: Settings) -> None:
    """Raise `UsageError` where suppressions cannot be written as asked."""
    from archlint.suppression.adding import can_be_told

    reason = options["add_ignore"]
    if options["fix"] or options["ignore_suppressions"]:
        other = "--fix" if options["fix"] else "--ignore-suppressions"
        raise UsageError(f"`--add-ignore` and `{other}` exclude each other")
    if options["new_from"] is not None or options["diff_lines"] is not None:
        raise UsageError(
            "`--add-ignore` is about all findings: it and `--new-from` or `--diff-lines` exclude each other"
        )
    if settings.require_reason and not reason:
        raise UsageError("`--add-ignore` needs a reason, since the configuration has `require-reason`")
    if not can_be_told(reason):
        raise UsageError("the reason of `--add-ignore` must be one line, without ` #`, ` --` and blanks around it")


def _ignore(request: Request, settings: Settings, options: dict[str, Any]) -> tuple[Report, str | None]:
    from archlint.cli.fix_files import ignore_files
    from archlint.report.prose import counted

    report, text, number = ignore_files(request, settings, options["add_ignore"])
    if not options["quiet"]:
        click.echo(f"archlint: suppressed {counted(number, 'finding', 'findings')}.", err=True)
    return report, text


def _only_report(request: Request) -> tuple[Report, str | None]:
    from archlint.pipeline import run

    return run(request), None


def watched(request: Request, settings: Settings, options: dict[str, Any], work: Callable[[Request], Result]) -> Result:
    """Return what comes of a run that shows its progress, or says what it does."""
    from archlint.cli.showing import log_line, say_where

    if not options["verbose"]:
        with progress_bar(enabled=not options["quiet"]) as progress:
            return work(replace(request, progress=progress))
    say_where(request, settings)
    return work(replace(request, log=log_line))


def fails(report: Report, settings: Settings) -> bool:
    """Return whether a result is as severe as the settings want for a failure."""
    least = {"note": 0, "warning": 1, "error": 2}.get(settings.fail_on.value)
    return least is not None and any(result.severity.rank >= least for result in report.results)


def exit_code(report: Report, *, is_failing: bool, options: dict[str, Any]) -> int:
    """Return the exit code: an internal error before an incomplete run before what fails."""
    if report.crashed:
        return 3
    if options["strict"] and (report.skipped or not report.files):
        return 4
    return 1 if is_failing and not options["exit_zero"] else 0
