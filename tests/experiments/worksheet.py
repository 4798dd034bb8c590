"""Exercises have nothing to try: what they ask is graded."""
