"""Results as SARIF describes them: a one-line region first, the rest beside it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from archlint.report.links import relative_uri, repository_path
from archlint.report.regions import Texts, first_line

if TYPE_CHECKING:
    from collections.abc import Mapping

    from archlint.diagnostic import Edit, Fix, Related, Span
    from archlint.report.result import Result

SOURCE_ROOT = "%SRCROOT%"
_ACCIDENTAL_LINK = re.compile(r"\](?=\()")
_LINK_TEXT = re.compile(r"[\\\[\]]")

Object = dict[str, object]


class SarifContext(msgspec.Struct, frozen=True):
    """What the results of one run share: texts, line hashes, the place of each rule, where the root is.

    `is_compared` tells that the results were held against a baseline.
    """

    texts: Texts
    hashes: Mapping[tuple[str, int], str]
    rule_index: Mapping[str, int]
    root_in_repository: str
    with_suppressed: bool
    is_compared: bool

    def uri(self, path: str) -> str | None:
        """Return the URI of a path inside the repository, or None for a file outside it."""
        inside = repository_path(path, self.root_in_repository)
        return None if inside is None else relative_uri(inside)


def sarif_result(result: Result, uri: str, context: SarifContext) -> Object:
    """Return a result whose primary location is at `uri`."""
    found = result.diagnostic
    related = [place for place in found.related if context.uri(place.span.path) is not None]
    steps = [place for place in found.flow if context.uri(place.span.path) is not None]
    described: Object = {
        "ruleId": result.entry.code,
        "ruleIndex": context.rule_index[result.entry.code],
        "level": result.severity.value,
        "message": {"text": _message(found.message or result.entry.summary or result.entry.name, related)},
        "locations": [_primary(result, uri, context)],
        "partialFingerprints": _fingerprints(result, context),
        "properties": {"confidence": found.confidence.value},
    }
    if related:
        described["relatedLocations"] = [
            {"id": number, **_explained(place, context)} for number, place in enumerate(related, start=1)
        ]
    if steps:
        locations = [{"location": _explained(step, context)} for step in steps]
        described["codeFlows"] = [{"threadFlows": [{"locations": locations}]}]
    if found.fix:
        described["fixes"] = [_fix(found.fix, found.span.path, uri, context.texts)]
    if context.with_suppressed:
        described["suppressions"] = _suppressions(result)
    if context.is_compared:
        described["baselineState"] = "unchanged" if result.is_accepted else "new"
    return described


def artifact(uri: str) -> Object:
    """Return the location of a file below the source root."""
    return {"uri": uri, "uriBaseId": SOURCE_ROOT}


def _message(text: str, related: list[Related]) -> str:
    """Return the message with a link to each related location, since GitHub shows only those that are linked."""
    plain = _ACCIDENTAL_LINK.sub(r"\\]", text)
    links = ", ".join(f"[{_link_text(place)}]({number})" for number, place in enumerate(related, start=1))
    return f"{plain} (see {links})" if links else plain


def _link_text(place: Related) -> str:
    return _LINK_TEXT.sub(r"\\\g<0>", " ".join(place.message.split()) or "this place")


def _primary(result: Result, uri: str, context: SarifContext) -> Object:
    span = result.diagnostic.span
    physical: Object = {"artifactLocation": artifact(uri), "region": _region(first_line(span, context.texts))}
    if span.end_line > span.line:
        # GitHub annotates a pull request only if all lines of the primary region are in its diff.
        physical["contextRegion"] = _region(span)
    location: Object = {"physicalLocation": physical}
    if result.diagnostic.scope:
        location["logicalLocations"] = [{"fullyQualifiedName": result.diagnostic.scope}]
    return location


def _explained(place: Related, context: SarifContext) -> Object:
    uri = context.uri(place.span.path) or ""
    region = _region(first_line(place.span, context.texts))
    physical = {"artifactLocation": artifact(uri), "region": region}
    return {"physicalLocation": physical, "message": {"text": place.message or "this place"}}


def _region(span: Span) -> Object:
    return {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
    }


def _fingerprints(result: Result, context: SarifContext) -> dict[str, str]:
    span = result.diagnostic.span
    prints = {"archlintFingerprint/v1": result.fingerprint}
    if line_hash := context.hashes.get((span.path, span.line)):
        prints["primaryLocationLineHash"] = line_hash
    return prints


def _fix(fix: Fix, path: str, uri: str, texts: Texts) -> Object:
    replacements = [
        {"deletedRegion": _deleted(edit, path, texts), "insertedContent": {"text": edit.text}} for edit in fix.edits
    ]
    return {
        "description": {"text": fix.title},
        "artifactChanges": [{"artifactLocation": artifact(uri), "replacements": replacements}],
        "properties": {"applicability": fix.applicability.value},
    }


def _deleted(edit: Edit, path: str, texts: Texts) -> Object:
    span = texts.edited(path, edit)
    if span is None:
        return {"charOffset": edit.start, "charLength": edit.end - edit.start}
    return _region(span)


def _suppressions(result: Result) -> list[Object]:
    """Return how a result is suppressed; a run that marks any result must say of each that it is not."""
    if not result.suppressed_by:
        return []
    if result.is_accepted:
        return [{"kind": "external", "status": "accepted", "justification": result.suppressed_by}]
    return [{"kind": "inSource", "justification": result.suppressed_by}]
