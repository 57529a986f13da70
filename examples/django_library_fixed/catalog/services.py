"""What the library does with books and loans."""

from collections.abc import Iterable
from datetime import date

import httpx
from django.conf import settings
from django.db import connection
from django.db.models import Count

from catalog.models import Book, Loan, Shelf


class CoversUnavailable(Exception):
    """The covers service gave no usable answer."""


def describe(loan: Loan) -> dict[str, object]:
    """Return a loan as the API shows it; its book and author are loaded."""
    return {"book": loan.book.title, "author": loan.book.author.name, "due_on": loan.due_on}


def count_by_shelf() -> dict[str, int]:
    """Return how many books stand on each shelf, in one query."""
    shelves = Shelf.objects.annotate(book_count=Count("books")).order_by("label")[:500]
    return {shelf.label: shelf.book_count for shelf in shelves}


def newest(count: int) -> Iterable[Book]:
    """Return the books that came last."""
    return Book.objects.order_by("-added_at")[:count]


async def find_cover(title: str) -> str:
    """Return the address of a book's cover; raises `CoversUnavailable`."""
    try:
        async with httpx.AsyncClient(timeout=3.0) as client:
            response = await client.get(settings.COVERS_URL, params={"title": title})
        response.raise_for_status()
        return str(response.json()["url"])
    except (httpx.HTTPError, KeyError, ValueError) as error:
        raise CoversUnavailable(title) from error


def close_year(last_day: date) -> None:
    """Forget the loans that were due by a day."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM catalog_loan WHERE due_on <= %s", [last_day])
