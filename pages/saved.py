"""Saved: searches kept under a name, what came and went since, what this visit asked before, and a file of many at once."""

from pages._ui import resources
from pages._ui.frame import frame, opening
from pages._ui.saved import saved_page

here = frame.current()
saved_page.heading()
gallery = opening.gallery_of(here, saved_page.layout)
loaded = resources.engine_state(gallery, here.settings)
saved_page.draw(gallery, loaded, here)
frame.wait_for_engine(here, loaded)
