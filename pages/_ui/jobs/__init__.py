"""Work that goes on behind the pages."""
