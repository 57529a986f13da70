"""What clients send that becomes a part of the text of SQL.

`inserted` tells which expressions become text of a statement, and in which position; `origins` where the text of an
expression comes from, inside its function; `bindings` which expressions a local name may stand for; `checking` what was
checked before; `reading` what a request brings, and `typed` which parameters may hold any text; `ways` puts them
together, from the statement back over the calls to the request.
"""
