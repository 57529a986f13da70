"""The language server: what `archlint check` says, in editors, while files change.

Reading order: `options`, `positions` and `documents` are values; `moving` keeps findings beside text that is edited;
`diagnostics`, `hovering` and `actions` say findings in the words of the protocol;
`lanes` decides which run is next, `desk` does it in the main thread; `projects` has a session for each root;
`editor` is what happens on which message, and `serving` binds it to pygls.
"""
