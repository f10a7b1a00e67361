"""What the lab finds about a gallery, made once for all visitors and again where marks, tags, facts or the map are others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Future

import streamlit as st

from pages._ui.jobs import background
from pages._ui.jobs import lab_work as work
from pages._ui.jobs.lab_work import CompareJob, CompareOrder, LabWork, QuestionsJob, QuestionsOrder
from pages._ui.resources.dataset_choices import DatasetChoice
from pages._ui.resources.engines import encoder_of
from pages._ui.resources.galleries import gallery as opened
from pages._ui.session.upload import Upload
from t2i_core import dataset
from t2i_core.config import Settings
from t2i_core.dataset import Mark
from t2i_core.engine import SearchEngine
from t2i_core.lab import other_ways
from t2i_core.lab.picture_parts import stamp_of_parts
from t2i_core.types import Encoder, Gallery


def lab_work(gallery: Gallery, marks: Sequence[Mark]) -> LabWork:
    """The lab's work on a gallery, begun when it is first asked for."""
    return _lab_work(gallery.place_key, tuple(marks), stamp_of_parts(gallery), _gallery=gallery)


def forget_lab_work(gallery: Gallery, marks: Sequence[Mark]) -> None:
    """Begin the lab's work anew when it is next asked for."""
    _lab_work.clear(gallery.place_key, tuple(marks), stamp_of_parts(gallery))


def other_ways_of(gallery: Gallery, choices: Sequence[DatasetChoice]) -> Future[Mapping[str, DatasetChoice | None]]:
    """What a gallery can be compared with, looked for behind the page: rankings by their names, datasets under ``dataset:NAME``."""
    others = [one for one in choices if not one.may_be_away and one.folder.resolve() != gallery.data_dir.resolve()]
    stamps = tuple((one.name, str(one.folder), dataset.dataset_stamp(one.folder)) for one in others)
    return _other_ways(gallery.place_key, stamps, _gallery=gallery, _others=others)


def comparison(gallery: Gallery, way: str, choice: DatasetChoice | None, settings: Settings) -> CompareJob:
    """A gallery compared with one of `other_ways_of` or a form, begun when it is first asked for."""
    return _comparison(*_key(gallery, way, choice), _gallery=gallery, _choice=choice, _settings=settings)


def forget_comparison(gallery: Gallery, way: str, choice: DatasetChoice | None) -> None:
    """Begin a comparison anew when it is next asked for."""
    _comparison.clear(*_key(gallery, way, choice))


def own_questions(engine: SearchEngine, file: Upload) -> QuestionsJob:
    """Own questions, begun to be asked when this is first called for them."""
    return _own_questions(*_of_questions(engine, file), _engine=engine, _content=file.content)


def forget_questions(engine: SearchEngine, file: Upload) -> None:
    """Ask them anew when they are next asked for."""
    _own_questions.clear(*_of_questions(engine, file))


def _of_questions(engine: SearchEngine, file: Upload) -> tuple[str, str, str, str]:
    return engine.gallery.place_key, engine.encoder.weights_sha256, file.name, file.sha256


def _key(gallery: Gallery, way: str, choice: DatasetChoice | None) -> tuple[str, str, str]:
    return gallery.place_key, way, "" if choice is None else f"{choice.folder} {dataset.dataset_stamp(choice.folder)}"


@st.cache_resource(max_entries=2, show_spinner=False)
def _lab_work(place_key: str, marks: tuple[Mark, ...], parts: str, *, _gallery: Gallery) -> LabWork:
    return LabWork(_gallery, marks)


@st.cache_resource(max_entries=4, show_spinner=False)
def _other_ways(
    place_key: str, stamps: tuple[tuple[str, str, str], ...], *, _gallery: Gallery, _others: Sequence[DatasetChoice]
) -> Future[Mapping[str, DatasetChoice | None]]:
    def look() -> Mapping[str, DatasetChoice | None]:
        rankings: dict[str, DatasetChoice | None] = dict.fromkeys(other_ways.other_rankings(_gallery))
        same = set(other_ways.same_pictures(_gallery, [one.folder for one in _others]))
        return rankings | {f"dataset:{one.name}": one for one in _others if one.folder in same}

    return background.start(look, name=f"other ways of {_gallery.name}")


@st.cache_resource(max_entries=8, show_spinner=False)
def _comparison(
    place_key: str, way: str, other: str, *, _gallery: Gallery, _choice: DatasetChoice | None, _settings: Settings
) -> CompareJob:
    def open_encoder(gallery: Gallery) -> Encoder:
        return encoder_of(gallery, _settings)()

    return work.compare(CompareOrder(_gallery, way if _choice is None else opened(_choice), open_encoder))


@st.cache_resource(max_entries=8, show_spinner=False)
def _own_questions(
    place_key: str, weights_sha256: str, name: str, sha256: str, *, _engine: SearchEngine, _content: bytes
) -> QuestionsJob:
    return work.ask(QuestionsOrder(_engine, name, _content))
