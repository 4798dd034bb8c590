"""Inputs that nobody means well, over all readers and options: what each may cost and do."""
