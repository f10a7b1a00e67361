"""Build: embeddings of a folder of pictures, made behind the page and followed on it."""

import streamlit as st

from pages._ui import build_form, frame, notices, resources, state
from t2i_core.errors import T2IError

here = frame.current()
jobs = resources.build_jobs()
job = jobs.current
st.title("Build from your pictures", anchor=False)
with st.container(width=760):
    try:
        if job is None:
            st.text("Every picture gets an embedding, so that a sentence can find it. Nothing leaves this computer.")
            options = build_form.form(here.settings)
            if options is not None:
                jobs.start(options)
                resources.named_models().add(options.model)
                st.rerun()
        elif job.running:
            build_form.follow(job)
        else:
            match build_form.outcome(job):
                case "open":
                    jobs.finished(job.options.data_dir)
                    state.open_dataset(resources.name_of(here.settings, job.options.data_dir))
                    st.switch_page("pages/search.py")
                case "go on":
                    jobs.start(job.options)
                    st.rerun()
                case "another":
                    jobs.put_away()
                    st.rerun()
    except T2IError as error:
        notices.error(error)
