"""One way to write a book: rows streamed, the parts around them, one archive."""
