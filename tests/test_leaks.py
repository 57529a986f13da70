"""What of a secret is shown: by functions that are handed it, and by the names of fields."""

from __future__ import annotations

import pytest
from linking import linked

from archlint.project.leaks.revealing import Revealing
from archlint.project.leaks.sent.withheld import withheld

AUDIT = """
    import logging

    logger = logging.getLogger(__name__)

    def write(text):
        logger.info(text)

    def audit(message, *, level=1):
        write(f"{level}: {message}")

    def fail(reason):
        raise ValueError(f"failed: {reason}")

    def masked(message):
        message = message[:2]
        write(message)

    def first(text, left):
        return second(text, left - 1)

    def second(text, left):
        print(text)
        return first(text, left)
"""


def _shown(name: str) -> dict[str, tuple[str, int]]:
    project = linked({"audit.py": AUDIT})
    function = project.modules[0].functions[name]
    return {key: (one.verb, len(one.steps)) for key, one in Revealing(project).of(function).items()}


def test_function_shows_what_it_writes_or_hands_on() -> None:
    assert _shown("write") == {"text": ("logs", 1)}
    assert _shown("audit") == {"message": ("logs", 2), "level": ("logs", 2)}
    assert _shown("fail") == {"reason": ("raises", 1)}
    assert _shown("masked") == {}


def test_functions_that_call_each_other_show_the_same_in_any_order() -> None:
    project = linked({"audit.py": AUDIT})
    functions = project.modules[0].functions
    asked, asked_late = Revealing(project), Revealing(project)
    before = asked.of(functions["first"]), asked.of(functions["second"])
    after = asked_late.of(functions["second"]), asked_late.of(functions["first"])
    assert before == after[::-1]
    assert {key: one.verb for key, one in before[0].items()} == {"text": "prints"}


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("password", "password"),
        ("smtp_password", "password"),
        ("hashedPassword", "password hash"),
        ("password_hash", "password hash"),
        ("privateKey", "private key"),
        ("oauth_client_secret", "client secret"),
        ("reset_password", ""),
        ("has_password", ""),
        ("password_reset_url", ""),
        ("access_token", ""),
        ("hash", ""),
        ("public_key", ""),
    ],
)
def test_name_of_a_field_tells_what_is_kept_from_clients(name: str, kind: str) -> None:
    assert withheld(name) == kind
