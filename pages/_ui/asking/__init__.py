"""The controls a question is asked with, and its ranking."""
