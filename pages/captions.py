"""Captions: every caption with its picture and how well it fits; words found at once, filters, order, export."""

from pages._ui import resources
from pages._ui.asking.remarks import notice
from pages._ui.captions import caption_export, caption_table, captions_view
from pages._ui.frame import frame, notices, opening
from pages._ui.grid import tagging
from pages._ui.session import links

here = frame.current()
captions_view.prepare()
stored = opening.gallery_of(here, caption_table.layout)
loaded = resources.engine_state(stored, here.settings)
gallery = resources.gallery_of_captions(stored, loaded)
tagging.carry_out(gallery)
notice()
if gallery.captions:
    place = caption_export.heading()
    shown = caption_table.draw(gallery, loaded, here)
    if shown is not None:
        caption_export.share(place, *shown, first_dataset=here.first_dataset)
else:
    notices.no_captions(stored)
frame.wait_for_engine(here, loaded)
links.write_link(first_dataset=here.first_dataset, own=captions_view.link_params(), settled=captions_view.settled())
