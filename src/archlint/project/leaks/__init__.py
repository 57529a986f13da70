"""Secrets that leave the program in a text that others read.

`exposed` tells which parts of an expression become text, `holders` which objects show a secret when they do, `logged`
where texts are logged or printed, `raised` what the texts of exceptions show, `traced` what a local name stands for,
`handed` what each parameter is given, `revealing` which functions show what they are given and who gives them a secret
(`telling` says so), `logging_decorators` what a decorator logs of all that a function is given;
`sent` which secrets routes send to their clients.
"""
