"""Build: embeddings of a folder of pictures, made behind the page and followed on it."""

import streamlit as st

from pages._ui import registry, resources
from pages._ui.build import build_form
from pages._ui.frame import frame, notices
from pages._ui.serving import permissions
from pages._ui.session import state
from pages._ui.session.visit import visit
from t2i_core.errors import T2IError

here = frame.current()
jobs, permit = resources.build_jobs(), permissions.current()
mine = visit().build
st.title("Build from your pictures", anchor=False)
with st.container(width=760):
    try:
        if not permit.allowed:
            build_form.closed(permit)
        elif jobs.running is not None:
            build_form.follow(jobs.running)
        elif mine.ended is None:
            last = jobs.current
            if last is not None and build_form.last_one(last):
                mine.ended = last
                st.rerun()
            options = build_form.form(here.settings, permit)
            if options is not None:
                mine.ended = jobs.start(options, permit=permit)
                resources.named_models().add(options.model)
                st.rerun()
        else:
            match build_form.outcome(ended := mine.ended):
                case "open":
                    resources.built_folders().add(ended.order.data_dir)
                    state.open_dataset(resources.name_of(here.settings, ended.order.data_dir))
                    st.switch_page(registry.page("search").file)
                case "go on":
                    mine.ended = jobs.start(ended.order, permit=permit)
                    st.rerun()
                case "another":
                    mine.ended = None
                    jobs.put_away(ended)
                    st.rerun()
    except T2IError as error:
        notices.error(error)
