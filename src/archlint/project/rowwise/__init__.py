"""What frameworks run once per row, with no loop in the project.

`asked` tells what a function asks the database for when it is called for each of some rows; `feeds` finds the methods
that feeds, sitemaps, exports and (with `tables`) tables call so, `resolvers` those of GraphQL, whose types and lists
`graphs` reads. `methods` tells what a method or a dotted name asks of a row that a serializer or a list of the admin
shows. `results` tells what a function returns.
"""
