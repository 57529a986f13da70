"""The stages of a run that need more than a line: analyse, link, judge."""
