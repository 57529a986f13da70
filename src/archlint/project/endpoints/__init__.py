"""What is known of each route, line by line of the review of an API.

`endpoint` has the values, `paging`, `promises` and `repeating` each some lines, `table` all of it.
"""
