"""What keeps an event loop from going on.

`held` are calls of libraries and of functions of the project, `twins` the coroutines that could be awaited instead,
`locks` those of threads that are held across an `await`.
"""
