"""Frameworks in which code registers handlers with a router: FastAPI, Flask, aiohttp, Sanic, Litestar, Tornado.

`frameworks/` has one module for each. They share how code is read around routers, and what stands beside a route:

| module | what it answers |
|---|---|
| `located`, `frames`, `turns` | where an expression stands: its scope, the call and the turn of the loop around it |
| `lists`, `texts` | which items a list has, and which text an expression is, where there is only one |
| `routers`, `made` | which router an expression stands for, and what that was made with |
| `registrations`, `mounts` | what is done to routers, and which router is mounted where |
| `responders` | who answers: functions, methods, classes |
| `dependencies`, `contracts` | what FastAPI calls before a handler, and what that takes and answers |
| `guards`, `refusals` | what guards a route, and which functions refuse requests |
| `entries` | what the frameworks call beside the handlers |
| `routes` | all of it together |
"""
