"""Lesson files, and the books that are built from them."""
