"""What is tried again: `policy` what a retry says of itself, `reading` how that is read, `retried` what it runs again.

`attempts` finds the loops that try again by hand, `nested` the retries that run in each other.
"""
