"""Captions: every caption with its picture and how well it fits; words found at once, filters, order, export."""

import streamlit as st

from pages._ui import resources
from pages._ui.captions import caption_export, caption_table, captions_view
from pages._ui.frame import frame, notices, opening
from pages._ui.session import links, state

here = frame.current()
state.go_on()
captions_view.prepare()
if here.gallery is None:
    opening.instead_of_gallery(here, opening.captions)
    st.stop()

loaded = resources.engine_state(here.gallery, here.settings)
gallery = resources.gallery_of_captions(here.gallery, loaded)
if st.session_state["notice"]:
    notices.notes([st.session_state["notice"]])
if gallery.captions:
    place = caption_export.heading()
    shown = caption_table.draw(gallery, loaded, here)
    if shown is not None:
        caption_export.share(place, *shown, first_dataset=here.first_dataset)
else:
    notices.no_captions(here.gallery)
frame.wait_for_engine(here, loaded)
own = captions_view.to_params(st.session_state["captions_view"])
links.write_link(first_dataset=here.first_dataset, own=own, settled=captions_view.settled())
