"""Secrets that leave the program in a text that others read.

`exposed` tells which parts of an expression become text, `traced` what a local name stands for, `holders` which objects
show a secret, `judging` what a part gives away; `logged` tells where texts are logged or printed, `raised` what texts
of exceptions show, `logging_decorators` what a decorator logs of all that a function is given.
`revealing` tells which functions show what they are given, and who gives them a secret (`handed` places the arguments);
`sent` which secrets routes send to their clients.
"""
