"""The commands of `python -m t2i_core`: one module each with ``add_parser`` and ``run``; results go to a `Console`."""
