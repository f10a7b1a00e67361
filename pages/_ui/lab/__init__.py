"""What the Lab page draws with."""
