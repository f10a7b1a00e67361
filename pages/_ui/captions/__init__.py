"""What the Captions page draws with."""
