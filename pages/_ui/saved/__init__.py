"""What the Saved page draws with."""
