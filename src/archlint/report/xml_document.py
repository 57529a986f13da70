"""XML that any parser reads, whatever the names and messages of a report hold."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from archlint.report.escaping import inert, visible

_NO_CHARACTER = re.compile(r"[\ufffe\uffff]")


def element(parent: ET.Element | None, tag: str, text: str = "", /, **attributes: str) -> ET.Element:
    """Return a new element, the last child of a parent if one is given, with its texts made fit for XML."""
    fit = {name: _fit(visible(value)) for name, value in attributes.items()}
    made = ET.Element(tag, fit) if parent is None else ET.SubElement(parent, tag, fit)
    made.text = "\n".join(_fit(visible(line)) for line in text.split("\n")) or None
    return made


def xml_document(root: ET.Element) -> str:
    """Return a document in printable ASCII, other characters as references, in which no CI runner finds a command."""
    ET.indent(root)
    body = ET.tostring(root, encoding="us-ascii", xml_declaration=False).decode("ascii")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{inert(body, colon="&#58;", number_sign="&#35;")}\n'


def _fit(text: str) -> str:
    r"""Return a text with the two code points that XML still refuses written as `\ufffe`."""
    return _NO_CHARACTER.sub(lambda found: f"\\u{ord(found.group()):04x}", text)
