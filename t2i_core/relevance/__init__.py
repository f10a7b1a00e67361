"""Whether a search found anything at all, and how many pictures belong: what is measured of a dataset for that, and said by it."""
