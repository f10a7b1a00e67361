"""The keys of widgets whose values are read or set, and how.

A visit holds the truth: Streamlit drops a widget's value when its page is left.
"""

from __future__ import annotations

from typing import Any

from pages._ui.session.visit import page_drawn, said_by_browser, session_state, state_value, visit

QUERY_BAR, PICTURE_GRID, CAPTION_TABLE, EMBEDDING_MAP = "query_bar", "picture_grid", "caption_table", "embedding_map"
LAB_PLOT, LAB_FAILURES = "lab_curve", "lab_failures"
LAB_PARTS, LAB_SCORES, LAB_PART = "lab_parts", "lab_scores", "lab_part"
LAB_KIND, LAB_OTHER, LAB_FORM, LAB_QUESTIONS = "lab_kind", "lab_other", "lab_form", "lab_questions"
SCORE_STRIP, PAGE_KEYS, FACET_PANEL = "score_strip", "page_keys", "facet_panel"
SECOND_GRID, SECOND_PANEL = "second_grid", "second_panel"
SECOND_QUERY, SECOND_RANKING, SECOND_APPROXIMATE, SECOND_DATASET = (
    "second_query", "second_ranking", "second_approximate", "second_dataset",
)  # fmt: skip
SECOND_FILTERS, FILTERS_OF = "second_filters", "filters_of"
DATASET = "dataset_choice"
TOP_K_SLIDER, TOP_K_TYPED = "top_k_slider", "top_k_typed"
BY_SCORE = "by_score_choice"
SIZE, CAPTIONS, APPROXIMATE = "card_size_choice", "show_captions_choice", "approximate_choice"
RANKING = "ranking_choice"
MAP_COLOUR, MAP_VIEW = "map_colour_choice", "map_view_choice"
BUILD_IMAGES, BUILD_CAPTIONS, BUILD_TARGET, BUILD_MAY_MISS = (
    "build_images", "build_captions", "build_target", "build_may_miss",
)  # fmt: skip
AUDIT_KIND, AUDIT_CORRECTION = "audit_kind", "audit_correction"
SAVED_PART, BATCH_FILE = "saved_part", "batch_file"
SAVE_NAME, SAVED_RENAME = "save_name", "saved_rename"  # each with what it names behind it


def seed(key: str, value: object) -> None:
    """Give a widget its value, before it is drawn: in every run, for a browser may never see what the run before has drawn.

    Not where this run answers a message in which the browser says the same: what is written goes back to it, over what somebody
    has chosen there meanwhile and the browser has not sent yet.
    """
    if not said_by_browser(key, value):
        session_state()[key] = value
    visit().drawn[key] = page_drawn()


def value(key: str) -> Any:
    """What stands in a widget; None where it is not on the page."""
    return state_value(key)
