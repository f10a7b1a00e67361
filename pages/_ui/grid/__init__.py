"""Pictures as cards, and the one that is looked at."""
