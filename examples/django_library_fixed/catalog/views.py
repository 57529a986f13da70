"""Views of the catalogue."""

import asyncio

from django.core.paginator import Paginator
from django.db import connection
from django.http import HttpRequest, JsonResponse

from catalog import services
from catalog.models import Book, Loan


def ready(request: HttpRequest) -> JsonResponse:
    """Say that the service can reach its database."""
    connection.ensure_connection()
    return JsonResponse({"status": "ready"})


def list_books(request: HttpRequest) -> JsonResponse:
    """Return a page of books."""
    books = Book.objects.order_by("id").values("id", "title")
    page = Paginator(books, 50).get_page(request.GET.get("page"))
    return JsonResponse({"books": list(page.object_list)})


def new_books(request: HttpRequest) -> JsonResponse:
    """Return the ten newest books."""
    return JsonResponse({"books": [book.title for book in services.newest(10)]})


def list_loans(request: HttpRequest) -> JsonResponse:
    """Return the first loans that are due, with their books and authors in the same query."""
    loans = Loan.objects.select_related("book__author").order_by("due_on")[:50]
    return JsonResponse({"loans": [services.describe(loan) for loan in loans]})


def list_shelves(request: HttpRequest) -> JsonResponse:
    """Return how many books stand on each shelf."""
    return JsonResponse(services.count_by_shelf())


async def refresh_cover(request: HttpRequest, book_id: int) -> JsonResponse:
    """Look for a book's cover, not too often."""
    book = await Book.objects.aget(id=book_id)
    await asyncio.sleep(0.5)
    try:
        book.cover_url = await services.find_cover(book.title)
    except services.CoversUnavailable:
        return JsonResponse({"cover": book.cover_url, "stale": True})
    await book.asave(update_fields=["cover_url"])
    return JsonResponse({"cover": book.cover_url})
