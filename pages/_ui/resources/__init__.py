"""What all sessions share: datasets, galleries, models, engines, suggestions. The only file with st.cache_*.

Keys are the dataset's stamp or the gallery's key, never a path or a name alone: a rebuilt dataset is read again. What
holds a gallery, and so knows where its files lie, goes by `Gallery.place_key`: a copy of a dataset has the same content.
Nothing here waits for a model; a page asks for an `EngineState` and draws what there is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from pages._ui.frame.dataset_choices import DatasetChoice, unique
from pages._ui.grid import pictures
from pages._ui.jobs import background
from pages._ui.jobs.caption_work import CaptionWork
from pages._ui.jobs.jobs import BuildJobs
from pages._ui.jobs.project_job import ProjectJobs
from pages._ui.resources.named_models import NamedModels
from t2i_core import clusters, config, dataset, engine, memory, opening, remote, variety
from t2i_core import projection as projections
from t2i_core.captions.suggestions import CaptionSuggestions
from t2i_core.encoder import open_encoder
from t2i_core.errors import T2IError, UnvouchedModelError
from t2i_core.index.address import is_address
from t2i_core.projection import gap
from t2i_core.types import Encoder, Gallery

EXAMPLES = 5
COLLECTION_LOOKED_AT_S = 10.0  # how long browsing may miss that a collection was replaced; a search looks itself
GENERAL_EXAMPLES = ("a dog on a beach", "people at a market", "snow on a mountain", "something red", "a boat at sea")


@dataclass(frozen=True)
class EngineState:
    """An engine, or why there is none: still loading (neither is set) or an error.

    ``settled`` is False while there is something ``to_come``: the engine itself, or what checking found.
    """

    model: str
    to_come: Future[engine.SearchEngine] | None = None
    engine: engine.SearchEngine | None = None
    error: T2IError | None = None
    settled: bool = False

    @property
    def loading(self) -> bool:
        return self.engine is None and self.error is None


def datasets(settings: config.Settings) -> list[DatasetChoice]:
    """The T2I_DATA folder and its sub-folders with embeddings, or the collection; then what was built since the start."""
    folders = [settings.data_dir] if is_address(settings.data_dir) else dataset.list_datasets(settings.data_dir)
    choices = [
        DatasetChoice(folder.resolve().name if folder == settings.data_dir else folder.name, folder)
        for folder in folders
    ]
    known = {choice.folder.resolve() for choice in choices}
    built = (folder for folder in build_jobs().finished_folders() if folder.resolve() not in known)
    choices += [DatasetChoice(folder.name, folder) for folder in built if folder.is_dir()]
    return unique(choices)


def titles(choices: Sequence[DatasetChoice]) -> dict[str, str]:
    """What lists call each dataset, by its name in links: the name its manifest gives it, else that one."""
    shown = {}
    for choice in choices:
        if is_address(choice.folder):
            shown[choice.name] = choice.name
            continue
        title = _title(str(choice.folder), dataset.dataset_stamp(choice.folder))
        shown[choice.name] = choice.name if title == choice.folder.resolve().name else title
    count = Counter(shown.values())
    return {name: title if count[title] == 1 else f"{title} ({name})" for name, title in shown.items()}


def name_of(settings: config.Settings, folder: Path) -> str | None:
    """The name under which a folder is offered; None when it holds no dataset."""
    return next((choice.name for choice in datasets(settings) if choice.folder.resolve() == folder.resolve()), None)


def gallery(choice: DatasetChoice) -> Future[Gallery]:
    """The gallery in a folder, read behind the page and again when its files change; a collection is there at once."""
    folder = str(choice.folder)
    if is_address(folder):
        return background.finished(_collection(folder, _collection_key(folder)))
    opened = _gallery(folder, stamp := dataset.dataset_stamp(choice.folder))
    if opened.done() and opened.exception() is not None:
        _gallery.clear(folder, stamp)  # whoever asks next tries again
    return opened


def engine_state(gallery: Gallery, settings: config.Settings) -> EngineState:
    """The engine for a gallery as far as it is: loading starts with the first call and goes on behind the page.

    Stored embeddings are checked against the model too. Until that is done the engine of a dataset that
    names its model answers already; what the check found then stands in ``engine.gallery.problems``.
    """
    try:
        model = named_models().wanted(gallery, settings)
    except UnvouchedModelError as refused:
        return EngineState(refused.model, error=refused, settled=True)
    loaded = _engine(gallery.place_key, model, settings.device, str(settings.model_dir or ""), _gallery=gallery)
    if not loaded.done():
        return EngineState(model, to_come=loaded)
    error = loaded.exception()
    if error is not None:
        if not isinstance(error, T2IError):
            raise error
        return EngineState(model, error=error, settled=True)
    engine = loaded.result()
    checked = _checked_engine(gallery.place_key, engine.encoder.weights_sha256, settings.max_pixels, _engine=engine)
    if checked.done():
        return EngineState(model, engine=checked.result(), settled=True)
    return EngineState(model, engine=engine if gallery.manifest is not None else None, to_come=checked)


def forget_models() -> None:
    """Forget engines and models, so that the next page tries again (after weights were put in place)."""
    _checked_engine.clear()
    _engine.clear()
    _encoder.clear()


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


def first_rows(gallery: Gallery, count: int) -> list[int]:
    """Rows of a varied sample of the gallery."""
    return _first_rows(gallery.key, count, _gallery=gallery)


def example_queries(gallery: Gallery) -> list[str]:
    """A few queries that have an answer in this gallery, or general ones when there are no captions."""
    return _example_queries(gallery.key, _gallery=gallery)


def rows_by_id(gallery: Gallery) -> Mapping[str, int]:
    """Row of each picture by its name."""
    return gallery.rows_by_id


def credits(gallery: Gallery) -> Mapping[str, dataset.Credit]:
    """Author and licence of pictures, where the picture folder says."""
    return _credits(gallery.key, str(gallery.images_dir))


def projection_stamp(gallery: Gallery) -> str:
    """Changes whenever the gallery's map is written."""
    return projections.projection_stamp(gallery.data_dir)


def projection(gallery: Gallery) -> projections.Projection | None:
    """The stored map of a gallery, read again when it changes; None when there is none.

    Raises
    ------
    ProjectionError
        When the one there belongs to other embeddings.
    """
    return _projection(gallery.key, str(gallery.data_dir), projection_stamp(gallery), _gallery=gallery)


def joint_map(gallery: Gallery) -> projections.JointMap | None:
    """The stored map of captions and pictures; as `projection`."""
    stamp = projections.projection_stamp(gallery.data_dir, projections.JOINT_NAME)
    return _joint_map(gallery.key, str(gallery.data_dir), stamp, _gallery=gallery)


def cluster_centres(gallery: Gallery, projection: projections.Projection) -> list[tuple[float, float, int]]:
    """Where each cluster's name stands, and how many pictures it has."""
    return _cluster_centres(gallery.key, projection_stamp(gallery), _projection=projection)


def column_by_picture(gallery: Gallery, column: str) -> list[str]:
    """What a column of the captions file says about each picture, at its first caption."""
    return _column_by_picture(gallery.key, column, _gallery=gallery)


def picture_words(gallery: Gallery) -> tuple[list[frozenset[str]], Counter[str]]:
    """The telling words of each picture's captions, and in how many pictures each word occurs."""
    return _picture_words(gallery.key, _gallery=gallery)


def modality_gap(gallery: Gallery) -> gap.ModalityGap | None:
    """How far apart captions and pictures lie; None without captions."""
    return _modality_gap(gallery.key, _gallery=gallery)


@st.cache_resource(show_spinner=False)
def thumbnails_trimmed() -> Future[int]:
    """Bytes of old thumbnails removed, once per start of the server."""
    return pictures.trim()


@st.cache_resource(show_spinner=False)
def named_models() -> NamedModels:
    return NamedModels()


@st.cache_resource(show_spinner=False)
def build_jobs() -> BuildJobs:
    """Builds started from the Build page; they go on whoever looks at them."""
    return BuildJobs()


@st.cache_resource(show_spinner=False)
def project_jobs() -> ProjectJobs:
    """Maps being made for the Map page."""
    return ProjectJobs()


@st.cache_resource(max_entries=4, show_spinner=False)
def _projection(gallery_key: str, data_dir: str, stamp: str, *, _gallery: Gallery) -> projections.Projection | None:
    return projections.read_projection(_gallery)


@st.cache_resource(max_entries=2, show_spinner=False)
def _joint_map(gallery_key: str, data_dir: str, stamp: str, *, _gallery: Gallery) -> projections.JointMap | None:
    return projections.read_joint(_gallery)


@st.cache_data(max_entries=8, show_spinner=False)
def _cluster_centres(
    gallery_key: str, stamp: str, *, _projection: projections.Projection
) -> list[tuple[float, float, int]]:
    return clusters.cluster_places(_projection.coordinates, _projection.cluster_labels)


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
    words = clusters.words_by_picture(_gallery)
    return words, Counter(word for one in words for word in one)


@st.cache_data(max_entries=8, show_spinner=False)
def _modality_gap(gallery_key: str, *, _gallery: Gallery) -> gap.ModalityGap | None:
    return gap.modality_gap(_gallery)


@st.cache_resource(max_entries=4, show_spinner=False)
def _gallery(folder: str, stamp: str) -> Future[Gallery]:
    memory.share_heap()  # before threads work on it: a server's many threads would keep a large dataset's leavings
    return background.start(lambda: opening.open_gallery(folder), name=f"open {folder}", large=True)


@st.cache_resource(max_entries=2, show_spinner=False)
def _collection(address: str, key: str) -> Gallery:
    return opening.open_gallery(address)


@st.cache_data(max_entries=4, ttl=COLLECTION_LOOKED_AT_S, show_spinner=False)
def _collection_key(address: str) -> str:
    return remote.collection_key(address)


@st.cache_data(max_entries=256, show_spinner=False)
def _title(folder: str, stamp: str) -> str:
    return dataset.read_name(Path(folder))


@st.cache_resource(max_entries=2, show_spinner=False)
def _encoder(model: str, device: str, model_dir: str) -> Future[Encoder]:
    def load() -> Encoder:
        return open_encoder(model, model_dir=Path(model_dir) if model_dir else None, device=device)

    return background.start(load, name=f"load {model}", large=True)


@st.cache_resource(max_entries=4, show_spinner=False)
def _engine(
    place_key: str, model: str, device: str, model_dir: str, *, _gallery: Gallery
) -> Future[engine.SearchEngine]:
    encoder = _encoder(model, device, model_dir)
    return background.start(
        lambda: opening.open_engine(encoder.result(), _gallery), name=f"engine for {_gallery.name}", large=True
    )


@st.cache_resource(max_entries=4, show_spinner=False)
def _checked_engine(
    place_key: str, weights_sha256: str, max_pixels: int, *, _engine: engine.SearchEngine
) -> Future[engine.SearchEngine]:
    def check() -> engine.SearchEngine:
        checked = dataset.check_gallery(_engine.gallery, _engine.encoder, max_pixels=max_pixels)
        if checked is _engine.gallery:
            return _engine
        return engine.SearchEngine(_engine.encoder, _engine.source.with_gallery(checked))

    return background.start(check, name="check embeddings", large=True)


@st.cache_resource(max_entries=4, show_spinner=False)
def _suggestions(gallery_key: str, *, _gallery: Gallery) -> Future[CaptionSuggestions]:
    return background.start(lambda: CaptionSuggestions(_gallery.captions), name="index captions", large=True)


@st.cache_resource(max_entries=3, show_spinner=False)
def _caption_work(place_key: str, *, _gallery: Gallery) -> CaptionWork:
    return CaptionWork(_gallery)


@st.cache_data(max_entries=32, show_spinner=False)
def _first_rows(gallery_key: str, count: int, *, _gallery: Gallery) -> list[int]:
    rows: list[int] = variety.varied_rows(_gallery.image_embeddings, count).tolist()
    return rows


@st.cache_data(max_entries=8, show_spinner=False)
def _example_queries(gallery_key: str, *, _gallery: Gallery) -> list[str]:
    found = variety.short_captions(_gallery, EXAMPLES)
    return [query.rstrip(".") for query in found] or list(GENERAL_EXAMPLES)


@st.cache_data(max_entries=4, show_spinner=False)
def _credits(gallery_key: str, images_dir: str) -> dict[str, dataset.Credit]:
    return dataset.read_credits(Path(images_dir))
