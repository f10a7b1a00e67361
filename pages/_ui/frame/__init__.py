"""What stands around every page: dataset picker, status line, notices, opening, drawing again."""
