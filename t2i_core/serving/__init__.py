"""A dataset for other programs, read only: over HTTP (`http.make_app`) and for agents; `answers` is what both say."""
