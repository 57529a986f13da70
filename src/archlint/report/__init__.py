"""Reports: results of a run turned into text, JSON, SARIF or annotations. Pure functions from values to text."""
