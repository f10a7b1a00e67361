"""What the Map page draws with."""
