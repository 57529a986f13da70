"""The rules, one module each, in the folders of their families."""
