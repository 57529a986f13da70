"""Adoption: what a project is, and what it needs for archlint to run where its team works.

Reading order: `survey` says what the project model and the discovery see, `surroundings` which files of other tools
are there; `changes` has the proposals, made of the texts in `templates` by `toml_table` and `yaml_list`, which both
prove that nothing else of a file changes. Nothing is written here.
"""
