"""Addresses of the library."""

from django.urls import path

from catalog import views

urlpatterns = [
    path("v1/books/", views.list_books),
    path("v1/books/new/", views.new_books),
    path("v1/books/<int:book_id>/cover/", views.refresh_cover),
    path("v1/loans/", views.list_loans),
    path("v1/shelves/", views.list_shelves),
]
