"""The rules of an import of schools, each a step in SQL over every line at once."""
