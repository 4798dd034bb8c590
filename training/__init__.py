"""How the networks of the lessons were trained; README.md says on what, and what came of it."""
