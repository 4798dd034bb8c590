"""The classroom: class lists, what each student gets, what comes back, and the marks."""
