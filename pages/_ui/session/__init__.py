"""What one visitor's session remembers, and its link."""
