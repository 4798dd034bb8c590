"""A class and its worksheets: who is in it, what each gets, what came back, and the marks."""
