"""Secrets that routes send to their clients.

`withheld` tells which fields no client should be given and which routes may show them, `schemas` what the classes of
responses send, `serializers` those of Django REST framework, `results` what handlers put together or hand out whole;
`hiding` tells whether what answers a request masks something.
"""
