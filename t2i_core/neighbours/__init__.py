"""The exact neighbour graph: each picture's closest others, for whatever needs them."""
