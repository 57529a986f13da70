"""Numbers that a client chooses and that end as the limit of a query."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from archlint.project.bounds import clients
from archlint.project.bounds.sizes import Size
from archlint.project.handlers import Handler, handler
from archlint.project.project import Project
from archlint.project.symbols import FunctionDefinition


class Chosen(msgspec.Struct, frozen=True):
    """A number of a request that ends as the limit of a query, with who serves the request.

    `given` is None where a function on the way caps the number.
    """

    function: FunctionDefinition
    served: Handler
    size: Size
    given: clients.Given | None

    @property
    def is_capped(self) -> bool:
        """Return whether something refuses or reduces large numbers."""
        return self.given is None or self.given.is_capped

    @property
    def may_be_left_out(self) -> bool:
        """Return whether there is no limit at all where the client gives none."""
        return self.given is not None and self.given.is_optional and self.size.takes_none


def chosen(project: Project) -> Iterator[Chosen]:
    """Yield the numbers that clients choose, with and without a maximum."""
    for function, found in project.limits.sizes.items():
        served = handler(project, function)
        for size in found.values() if served is not None else ():
            given = None if size.is_capped else clients.given(project, served, function, size.name)
            if served is not None and (size.is_capped or given is not None):
                yield Chosen(function, served, size, given)
