"""How each field of the schema is read from the shop's records. What is not listed is the attribute of the same name."""
