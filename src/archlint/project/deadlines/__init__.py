"""Which deadline a call of something outside has: `unlimited` has the answer.

`customised` looks at clients that the project has made its own, `unpacked` at keywords that come in a mapping.
"""
