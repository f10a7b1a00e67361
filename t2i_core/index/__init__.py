"""Search indexes: one protocol (`t2i_core.types.Index`), several ways to answer it."""
