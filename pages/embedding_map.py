"""Map: every picture as a point, those alike together; the query stands where its hits are."""

import streamlit as st

from pages._ui import resources
from pages._ui.asking import controls, ranking
from pages._ui.frame import frame, notices
from pages._ui.map import map_making, map_stage, map_state, map_toolbar
from pages._ui.map.map_view import Scene
from pages._ui.session import state
from t2i_core.errors import T2IError

here = frame.current()
map_state.prepare()
if here.gallery is None:
    map_making.no_gallery(here)
    st.stop()

gallery = here.gallery
loaded = resources.engine_state(gallery, here.settings)
query, everything, problem = state.query(), None, loaded.error
if query is not None and loaded.engine is not None:
    try:
        everything = ranking.rank(loaded.engine, query, here.settings)
    except T2IError as error:
        problem = error
top_k = min(st.session_state["top_k"], gallery.images)
result = everything.head(top_k) if everything is not None else None
controls.query_bar(
    gallery, here.settings, message=str(problem or ""), live=ranking.is_smooth(everything), examples=False
)
if st.session_state["notice"]:
    notices.notes([st.session_state["notice"]])
if result is not None:
    notices.notes(controls.result_notes(result))

projection, joint, refused = None, None, None
wants_joint = st.session_state["map_view"] == map_state.JOINT
try:
    projection = resources.projection(gallery)
    joint = resources.joint_map(gallery) if wants_joint else None
except T2IError as error:
    refused = error

map_toolbar.toolbar(gallery, projection, result, first_dataset=here.first_dataset)
if projection is None or (wants_joint and joint is None):
    map_making.offer(gallery, refused, joint=wants_joint)
elif not map_making.running(gallery):
    scene = Scene(gallery, projection, joint, loaded.engine, result, here.settings, everything)
    map_stage.map_and_cards(scene, everything)
frame.wait_for_engine(here, loaded)
map_toolbar.write_link(first_dataset=here.first_dataset)
