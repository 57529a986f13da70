"""Django and what stands in its urlconfs: views, Django REST framework (`rest/`), Django Ninja (`ninja/`).

The modules are read as the interpreter would build their lists, with the settings as they are written:

| module | what it answers |
|---|---|
| `frames` | where an expression stands, and what a called function was given |
| `reader`, `lists`, `texts` | what names, conditions, lists and texts give |
| `settings` | what the settings say, over split settings |
| `class_order` | which method or attribute a class has, libraries included |
| `urlconf`, `views` | which patterns there are, and which function or class each leads to |
| `guards`, `refusals` | what guards a view, and which functions refuse requests |
| `entries` | what Django calls beside the views |
| `routes` | the patterns as routes |
"""
