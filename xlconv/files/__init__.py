"""Files that people give and get: read within budgets, written whole."""
