"""What each lesson says under "Try this", carried out on its built workbook: a module a lesson."""
