"""What keeps a request waiting, as seen over several functions.

`calling` finds the calls of a function, `injected` the clients that callers give, `wrapped` the deadlines that they
leave out, `handed` the callables that are handed over. `endless` are waits for threads and processes, `lengthy` those
that take long by what is written, `deferring` names work that a task queue could do.
"""
