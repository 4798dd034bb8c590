"""Pages in a real browser: typed over, read, and held against IronCalc."""
