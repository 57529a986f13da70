"""Which templates the program draws, with what, and what drawing them asks the database.

`lookup` finds a template by its name, `contexts` what a function puts into the mapping that a template is given,
`renderings` the calls and the views that draw one, `drawing` goes through a template with that,
`segments` tells what one part of a dotted name does, and `origins` where the rows were asked for.
"""
