"""Rules about the run itself and about comments to archlint."""
