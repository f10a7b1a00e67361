"""What the Build page draws with."""
