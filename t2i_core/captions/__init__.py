"""Captions as a table: words found at once, suggestions, filters, order, and how well each caption fits its picture."""
