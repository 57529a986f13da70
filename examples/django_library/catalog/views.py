"""Views of the catalogue."""

import time

from django.http import HttpRequest, JsonResponse

from catalog import services
from catalog.models import Book, Loan


def list_books(request: HttpRequest) -> JsonResponse:
    """Return the books."""
    return JsonResponse({"books": list(Book.objects.values("id", "title"))})


def new_books(request: HttpRequest) -> JsonResponse:
    """Return the ten newest books."""
    return JsonResponse({"books": [book.title for book in services.newest(10)]})


def list_loans(request: HttpRequest) -> JsonResponse:
    """Return the first loans that are due."""
    loans = Loan.objects.order_by("due_on")[:50]
    return JsonResponse({"loans": [services.describe(loan) for loan in loans]})


def list_shelves(request: HttpRequest) -> JsonResponse:
    """Return how many books stand on each shelf."""
    return JsonResponse(services.count_by_shelf())


async def refresh_cover(request: HttpRequest, book_id: int) -> JsonResponse:
    """Look for a book's cover, not too often."""
    book = await Book.objects.aget(id=book_id)
    time.sleep(0.5)
    book.cover_url = services.find_cover(book.title)
    await book.asave(update_fields=["cover_url"])
    return JsonResponse({"cover": book.cover_url})
