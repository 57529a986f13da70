"""The rules of a company, as a pack for archlint."""
