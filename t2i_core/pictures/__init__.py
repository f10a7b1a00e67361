"""Picture files: which there are, what is known of them before decoding, opening within limits, thumbnails."""
