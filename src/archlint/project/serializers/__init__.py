"""What serializers of Django REST framework and lists of Django's admin ask the database for each row.

`fields` reads the fields of a serializer, `listings` finds the queries whose rows one is given, `rowwise` tells what
a method or a dotted name asks of a row, `loads` goes through a serializer with that.
"""
