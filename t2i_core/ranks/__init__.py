"""Where right pictures and right captions stand: every caption against every picture, counted in one pass."""
