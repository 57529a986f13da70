"""Reports: results of a run turned into the formats of people, CI systems and agents. Pure functions to text."""
