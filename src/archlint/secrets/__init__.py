"""What a secret looks like: formats, names, placeholders, strength, and the judge over slots. Reads no trees."""
