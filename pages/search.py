"""Search: a sentence or a picture goes in, the closest pictures come out."""

import streamlit as st

from pages._ui import resources
from pages._ui.asking import controls, ranking
from pages._ui.frame import frame, notices, opening
from pages._ui.grid import cards
from pages._ui.session import links, state
from t2i_core.errors import ModelError, T2IError

here = frame.current()
state.go_on()
if here.gallery is None:
    opening.instead_of_gallery(here, opening.search)
    st.stop()

loaded = resources.engine_state(here.gallery, here.settings)
query, everything, problem = state.query(), None, loaded.error
top_k = min(st.session_state["top_k"], here.gallery.images)
if query is not None and loaded.engine is not None:
    try:
        everything = ranking.rank(loaded.engine, query, here.settings)
    except T2IError as error:
        problem = error
result = everything.head(top_k) if everything is not None else None

message = str(problem) if problem is not None and not isinstance(problem, ModelError) else ""
controls.query_bar(here.gallery, here.settings, message=message, live=ranking.is_smooth(everything))
if isinstance(problem, ModelError):
    notices.error(problem, title="Searching needs its model")
problems = (loaded.engine.gallery if loaded.engine else here.gallery).problems
notices.fatal(problems)
if st.session_state["notice"]:
    notices.notes([st.session_state["notice"]])
waiting = query is not None and loaded.loading
controls.toolbar(
    here.gallery,
    result,
    counted=waiting or result is not None,
    first_dataset=here.first_dataset,
    recall=controls.recall_note(loaded.engine),
    problems=problems,
)
if loaded.engine is not None and result is not None and everything is not None:
    notices.notes(controls.result_notes(result))
    cards.ranking(result, loaded.engine, here.settings, everything=everything)
elif waiting:
    cards.skeleton(top_k, summary=f"The model {frame.short(loaded.model)} is loading")
else:
    cards.sample(here.gallery, here.settings, engine=loaded.engine)
frame.wait_for_engine(here, loaded)
links.write_link(first_dataset=here.first_dataset)
