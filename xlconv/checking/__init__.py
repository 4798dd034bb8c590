"""A workbook that came back, held against what it was made from."""
