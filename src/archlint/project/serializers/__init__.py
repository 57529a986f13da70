"""What serializers of Django REST framework and lists of Django's admin ask the database for each row.

`meta` and `fields` read serializers, `calls` and `listings` find what gives them rows, and `loads` goes through a
serializer with a row. `admin` reads the lists of the admin, and `columns` goes through those.
"""
