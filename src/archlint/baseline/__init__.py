"""The baseline: what was found before anybody decided to look only at what is new.

`accepted` is an entry, `file` its file, `matching` which findings are in it and which entries are stale.
"""
