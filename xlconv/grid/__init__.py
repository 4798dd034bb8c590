"""A live worksheet, with no domain in it: cells, expressions over them, and their looks."""
