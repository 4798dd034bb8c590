"""A book as one page for a browser: every sheet as it looks, which computes as one types."""
