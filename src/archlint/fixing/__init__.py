"""Fixes: which edits fit together, what a text is after them, and how it comes back into its file.

Reading order: `edits` and `differences` are pure; `rounds` lints again after each set of edits, in memory;
`ignoring` puts a suppression beside each finding;
`writing` puts the last text into its file, which `replacing` exchanges as a whole.
"""
