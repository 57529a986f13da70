"""How requests, messages and the clock get into the program: routes with their guards, and all other entry points.

| where | what it is about |
|---|---|
| `route` | what a route, a guard and an entry point are |
| `table` | all of them, in order |
| `registered/` | frameworks in which code registers handlers with a router: FastAPI, Flask, aiohttp and others |
| `django/` | what stands in urlconfs: Django's views, Django REST framework, Django Ninja |
| `graphql` | resolvers |
| `jobs` | tasks, scheduled jobs, background tasks and commands |
| `pieces` | texts put together from pieces that must all be known |

The two packages read code in different ways: a router is an object that is followed through the program,
a urlconf is a list that is built.
"""
