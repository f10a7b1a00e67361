"""Own questions on the Lab page: a file of queries with their right pictures, measured like captions, and its answers as files."""

from __future__ import annotations

import json
from concurrent.futures import wait

import streamlit as st

from pages._ui import resources
from pages._ui.frame import frame, notices, sharing
from pages._ui.frame.plain_text import plain
from pages._ui.jobs.lab_work import Asked, QuestionsJob
from pages._ui.lab import lab_events, lab_plots
from pages._ui.serving import permissions
from pages._ui.session import widgets
from pages._ui.session.upload import Upload
from pages._ui.session.visit import visit
from t2i_core.engine import SearchEngine
from t2i_core.errors import count_of
from t2i_core.lab import tables
from t2i_core.lab.measuring import MEANINGS
from t2i_core.lab.questions import unknown_pictures
from t2i_core.lab.wording import in_words

ANSWER_WAIT_S = 0.2
PROGRESS_SECONDS = 0.4
MOST_FAULTS = 50
MOST_MEGABYTES = 5


def draw(loaded: resources.EngineState) -> None:
    """Where a file is chosen, and what came of the last one that could be asked."""
    st.subheader("Your own questions", anchor=False)
    st.caption(
        "A CSV with the columns query and image, one line for each picture that is right. Without an image, what is found is listed. "
        "The file stays with this visit and is not kept."
    )
    st.file_uploader(
        "A file of questions", type="csv", key=widgets.LAB_QUESTIONS, on_change=lab_events.choose_questions,
        max_upload_size=MOST_MEGABYTES, label_visibility="collapsed", width=notices.WIDTH,
    )  # fmt: skip
    lab = visit().lab
    if lab.chosen is None:
        return
    if loaded.engine is None:
        if loaded.error is not None:
            notices.error(loaded.error, title="These questions need the model")
        else:
            st.caption("The questions are asked once the model is there.")
        return
    asked = _asked(loaded.engine, lab.chosen)
    if asked is not None:
        lab.answered = lab.chosen
    elif lab.answered is not None and lab.answered != lab.chosen:
        asked = resources.own_questions(loaded.engine, lab.answered).outcome
    if asked is not None and lab.answered is not None:
        _answers(asked, lab.answered)


def _asked(engine: SearchEngine, file: Upload) -> Asked | None:
    """What came of a file; progress or what is wrong where nothing came of it."""
    job = resources.own_questions(engine, file)
    wait([job.future], ANSWER_WAIT_S)
    if job.running:
        _progress(job)
        return None
    if job.error is not None:
        notices.error(job.error, title="These questions cannot be asked")
    elif job.outcome is None:
        st.text("Asking was stopped.")
        st.button("Ask again", key="lab_ask_again", on_click=resources.forget_questions, args=(engine, file))
    return job.outcome


def _progress(job: QuestionsJob) -> None:
    now = job.progress
    with st.container(width=notices.WIDTH):
        st.progress(now.fraction, text=plain(str(now)))
        if permissions.current().allowed:
            st.button("Stop", key="lab_ask_stop", on_click=job.stop)
    frame.draw_again_when_changed(lambda: job.running, True)
    frame.draw_again_when_changed(lambda: job.progress, now, every=PROGRESS_SECONDS)


def _answers(asked: Asked, file: Upload) -> None:
    answers, gallery = asked.answers, asked.gallery
    told = f"{count_of(len(answers.answers), 'question')} of {file.name}"
    unknown = unknown_pictures([one.question for one in answers.answers], gallery)
    if answers.measured is None:
        st.markdown(plain(f"{told}. None of them names a right picture of this dataset, so nothing is measured."))
    else:
        figures = answers.measured.figures
        st.markdown(
            plain(f"{told}, {answers.measured.queries:,} with right pictures. Intervals draw the questions again.")
        )
        st.markdown(
            "| measure | text → image |\n|:--|--:|\n"
            + "\n".join(f"| {plain(name)} | {plain(in_words(name, figures[name]))} |" for name in MEANINGS)
        )
    notices.notes([] if unknown is None else [unknown])
    if asked.faults:
        with st.expander(plain(f"{count_of(len(asked.faults), 'line')} to look at")):
            st.text("\n".join(asked.faults[:MOST_FAULTS]))
            if len(asked.faults) > MOST_FAULTS:
                st.caption(f"and {len(asked.faults) - MOST_FAULTS:,} more")
    table = tables.answers_table(answers, gallery)
    st.dataframe(table.as_columns(), hide_index=True, width="stretch")
    with st.container(horizontal=True):
        sharing.download("CSV", table.as_csv(), "text/csv", f"{table.name}.csv")
        record = sharing.kept(
            "questions.json", (gallery.place_key, file.sha256),
            lambda: json.dumps(answers.as_dict(gallery), ensure_ascii=False, indent=2).encode("utf-8"),
        )  # fmt: skip
        sharing.download("JSON", record, "application/json", "questions.json")
    lab_plots.numbers(tables.hits_table(answers, gallery), "The first pictures of every question")
