"""Captions as a table: words found at once, filters, order, and how well each caption fits its picture."""
