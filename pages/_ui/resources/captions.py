"""What is made of a gallery's captions: suggestions, the table's sheet with words and ranks, the telling words."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import Future

import streamlit as st

from pages._ui.jobs import background
from pages._ui.jobs.caption_work import CaptionWork
from pages._ui.resources.engines import EngineState
from t2i_core import dataset
from t2i_core.captions import telling_words
from t2i_core.captions.suggestions import CaptionSuggestions
from t2i_core.types import Gallery


def suggestions(gallery: Gallery) -> Future[CaptionSuggestions]:
    """The caption index for suggestions, made behind the page."""
    return _suggestions(gallery.key, _gallery=gallery)


def gallery_of_captions(gallery: Gallery, loaded: EngineState) -> Gallery:
    """The gallery as far as its captions may be compared with pictures: without text embeddings nobody vouches for."""
    if loaded.engine is not None:
        checked = loaded.engine.gallery
        return checked if loaded.engine.compares_captions else dataset.without_text_embeddings(checked)
    return gallery if gallery.manifest is not None else dataset.without_text_embeddings(gallery)


def caption_work(gallery: Gallery) -> CaptionWork:
    """Table, words and ranks of a gallery's captions, made behind the page."""
    return _caption_work(gallery.place_key, _gallery=gallery)


def column_by_picture(gallery: Gallery, column: str) -> list[str]:
    """What a column of the captions file says about each picture, at its first caption."""
    return _column_by_picture(gallery.key, column, _gallery=gallery)


def picture_words(gallery: Gallery) -> tuple[list[frozenset[str]], Counter[str]]:
    """The telling words of each picture's captions, and in how many pictures each word occurs."""
    return _picture_words(gallery.key, _gallery=gallery)


@st.cache_resource(max_entries=4, show_spinner=False)
def _suggestions(gallery_key: str, *, _gallery: Gallery) -> Future[CaptionSuggestions]:
    return background.start(lambda: CaptionSuggestions(_gallery.captions), name="index captions", large=True)


@st.cache_resource(max_entries=3, show_spinner=False)
def _caption_work(place_key: str, *, _gallery: Gallery) -> CaptionWork:
    return CaptionWork(_gallery)


@st.cache_data(max_entries=8, show_spinner=False)
def _column_by_picture(gallery_key: str, column: str, *, _gallery: Gallery) -> list[str]:
    told = [""] * len(_gallery)
    values, positions = _gallery.caption_columns[column], _gallery.paired_captions
    for position, row in zip(positions.tolist(), _gallery.rows_of(positions).tolist(), strict=True):
        if not told[row]:
            value = values[position]
            told[row] = "" if value is None or value != value else str(value)
    return told


@st.cache_resource(max_entries=4, show_spinner=False)
def _picture_words(gallery_key: str, *, _gallery: Gallery) -> tuple[list[frozenset[str]], Counter[str]]:
    words = telling_words.words_by_picture(_gallery)
    return words, Counter(word for one in words for word in one)
