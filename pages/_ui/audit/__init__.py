"""What the Audit page draws with."""
