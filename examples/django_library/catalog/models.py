"""Tables of the catalogue."""

from django.db import models


class Author(models.Model):
    name = models.CharField(max_length=200)


class Shelf(models.Model):
    label = models.CharField(max_length=20, unique=True)


class Book(models.Model):
    title = models.CharField(max_length=200)
    author = models.ForeignKey(Author, on_delete=models.PROTECT, related_name="books")
    shelf = models.ForeignKey(Shelf, on_delete=models.PROTECT, related_name="books")
    cover_url = models.URLField(blank=True)
    added_at = models.DateTimeField(auto_now_add=True, db_index=True)


class Loan(models.Model):
    book = models.ForeignKey(Book, on_delete=models.CASCADE, related_name="loans")
    reader = models.EmailField()
    due_on = models.DateField(db_index=True)
