"""Dataset: an opened folder or collection, and the verbs of a notebook: search, similar, evaluate, audit, project, push, export."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from t2i_core import opening
from t2i_core.api.hits import Hits
from t2i_core.api.maps import PictureMap, draw_map
from t2i_core.api.progress import bar
from t2i_core.api.showing import MOST_SHOWN, card, framed, lines
from t2i_core.config import read_settings, typed_path
from t2i_core.errors import DatasetError, count_of
from t2i_core.query import Condition, Query, SearchRequest

if TYPE_CHECKING:
    from PIL import Image

    from t2i_core.audit import Audit
    from t2i_core.building import BuildReport
    from t2i_core.engine import SearchEngine
    from t2i_core.evaluation import Evaluation
    from t2i_core.exchange import ExchangeReport
    from t2i_core.remote import PushReport
    from t2i_core.types import Encoder, Gallery, Problem

DEFAULT_TOP_K = 12


class Dataset:
    """A dataset that answers. Safe to share between threads.

    Attributes
    ----------
    built : BuildReport or None
        What the build did that made it, where one just has.
    """

    def __init__(
        self,
        gallery: Gallery,
        *,
        model: str | None = None,
        device: str | None = None,
        built: BuildReport | None = None,
        encoder: Encoder | None = None,
    ) -> None:
        self.built = built
        self._gallery, self._model, self._device = gallery, model, device
        self._encoder = encoder
        self._engine: SearchEngine | None = None
        self._opening = threading.RLock()

    @property
    def gallery(self) -> Gallery:
        """Pictures, captions and embeddings, see `t2i_core.types.Gallery`."""
        return self._gallery

    @property
    def encoder(self) -> Encoder:
        """The model, loaded when it is first asked for."""
        with self._opening:
            if self._encoder is None:
                self._encoder = opening.open_model(self._gallery, model=self._model, device=self._device)
            return self._encoder

    @property
    def engine(self) -> SearchEngine:
        """What answers requests, made when it is first asked for; rows of an unknown model are checked then."""
        with self._opening:
            if self._engine is None:
                self._gallery = opening.checked_rows(self._gallery, self.encoder)
                self._engine = opening.open_engine(self.encoder, self._gallery)
            return self._engine

    def __len__(self) -> int:
        return self._gallery.images

    @property
    def name(self) -> str:
        """What people call it."""
        return self._gallery.name

    @property
    def model(self) -> str:
        """The model that made its embeddings; ``unknown`` where nobody noted it."""
        return self._gallery.manifest.model_id if self._gallery.manifest else "unknown"

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What a person should know about it."""
        return self._gallery.problems

    def search(
        self, query: str | Query | SearchRequest, *, top_k: int | None = None, pictures: Sequence[Path | str] = (), **settings: Any
    ) -> Hits:  # fmt: skip
        """The pictures that fit a question best.

        Parameters
        ----------
        query : str, Query or SearchRequest
            A sentence; terms with weights, as `t2i_core.query.parse_query` reads them; or a whole request, which then
            is asked as it is, but for what is given besides.
        top_k : int, optional
            How many pictures; when left out the request's number, else 12, or all where they are fewer.
        pictures : sequence of path, optional
            Files of the pictures from outside that the query names.
        **settings
            ``where``, ``ranking``, ``cutoff`` and ``approximate``, see `t2i_core.query.SearchRequest`.

        Raises
        ------
        QueryError
            When it cannot be asked.
        """
        from dataclasses import replace

        given = {**settings} if top_k is None else {**settings, "top_k": top_k}
        if isinstance(query, SearchRequest):
            request = replace(query, **given) if given else query
        else:
            asked = {"top_k": min(DEFAULT_TOP_K, len(self)), **given}
            request = SearchRequest.of(query, **asked)
        outside = dict(_outside(Path(one)) for one in pictures)
        return Hits(self.engine.search(request, pictures=outside), self)

    def similar(self, picture: Path | str, *, top_k: int | None = None, where: Sequence[Condition] = ()) -> Hits:
        """The pictures most like one: by its name in the dataset, or a `Path` to a file.

        Raises
        ------
        QueryError, ImageError
            When there is no such picture.
        """
        top_k = min(DEFAULT_TOP_K, len(self)) if top_k is None else top_k
        if isinstance(picture, str):
            query, files = Query.like([picture]), []
        else:
            query, files = Query.of(_named(picture)), [picture]
        return self.search(query, top_k=top_k, where=tuple(where), pictures=files)

    def evaluate(self, *, encode_again: bool = False) -> Evaluation:
        """Recall@1, 5, 10 and median rank on the dataset's own captions, both ways, counted as in the CLIP paper.

        Parameters
        ----------
        encode_again : bool
            Encode the captions with the model, in place of the stored rows.

        Raises
        ------
        DatasetError
            When there are no captions, or nobody knows that one model encoded captions and pictures.
        """
        from t2i_core.evaluation import evaluate

        if encode_again:
            encoder = self._matching_encoder()
            texts = encoder.encode_text(self._gallery.captions)
            return evaluate(self._gallery, text_embeddings=texts, model=encoder.model_id)
        if self._gallery.manifest is None and self._gallery.text_embeddings is not None:
            opening.check_one_space(self._gallery, self.encoder)
        return evaluate(self._gallery)

    def audit(self, *kinds: str, progress: bool = True) -> Audit:
        """What is likely wrong with pictures and captions, the likeliest first; of some `t2i_core.audit.KINDS`, or of all.

        What is measured of pictures is kept beside the dataset, so that the next audit measures only what is new.

        Raises
        ------
        QueryError
            When a kind is unknown.
        DatasetError
            When the dataset is a collection on a server.
        """
        from t2i_core.audit import KINDS, audit
        from t2i_core.index.address import refuse_address

        refuse_address(self._gallery.address, task="audit")
        with bar(shown=progress) as tell:
            return audit(
                self._gallery, kinds or KINDS, max_pixels=read_settings().max_pixels, open_encoder=self._matching_encoder,
                on_progress=tell,
            )  # fmt: skip

    def project(self, *, seed: int = 42, refit: bool = False, progress: bool = True) -> PictureMap:
        """The stored map of the pictures; made and stored first where there is none that fits, or with ``refit``.

        Raises
        ------
        ProjectionError
            When it cannot be made.
        """
        return draw_map(self._gallery, seed=seed, refit=refit, progress=progress)

    def push(
        self, uri: str, *, collection: str | None = None, index: str = "FLAT", replace: bool = False, progress: bool = True
    ) -> PushReport:  # fmt: skip
        """Write the dataset to Milvus, ``http://HOST:PORT`` or ``file:PATH.db``, and read a sample back.

        Raises
        ------
        DatasetError
            When the server stays away, or the collection holds something else and ``replace`` is not set.
        """
        from t2i_core.index.address import parse_address, refuse_address
        from t2i_core.index.milvus import INDEX_TYPES, RESTART_PATIENCE_S, MilvusCollection
        from t2i_core.remote import push

        refuse_address(self._gallery.address, task="push")
        if index not in INDEX_TYPES:
            raise DatasetError(f"index must be one of {', '.join(INDEX_TYPES)}, got {index!r:.40}. FLAT is exact.")
        own_name = "".join(letter if letter.isalnum() and letter.isascii() else "_" for letter in self.name)
        there = MilvusCollection(
            parse_address(uri, collection=collection, default=own_name), patience_s=RESTART_PATIENCE_S
        )
        with bar(shown=progress) as tell:
            return push(
                self._gallery, there, index_type=index, replace=replace,
                on_progress=lambda done, total: tell("records", done, total),
            )  # fmt: skip

    def export(
        self, to: str, folder: Path | str, *, hits: Hits | None = None, copy_pictures: bool = True, progress: bool = True
    ) -> ExchangeReport:  # fmt: skip
        """Write all of it, or hits with their ranks and scores, as another program reads it: see `t2i_core.exchange.FORMATS`.

        Raises
        ------
        DatasetError
            When the format is unknown, or the folder cannot be written or holds something.
        """
        from t2i_core.exchange import export_dataset

        with bar(shown=progress) as tell:
            return export_dataset(
                self._gallery, to, typed_path(str(folder)), hits=None if hits is None else list(hits),
                copy_pictures=copy_pictures, on_progress=lambda done, total: tell("pictures", done, total),
            )  # fmt: skip

    def _matching_encoder(self) -> Encoder:
        from t2i_core.dataset import check_model_matches

        check_model_matches(self.encoder, self._gallery)
        return self.encoder

    def __repr__(self) -> str:
        return f"<Dataset {self.name!r}: {self._facts()}>"

    def _repr_html_(self) -> str:
        """What a notebook shows: facts, warnings, and a few of the pictures."""
        told = [problem.message for problem in self.problems if problem.severity != "note"]
        few = range(0, len(self._gallery), max(1, len(self._gallery) // MOST_SHOWN[0]))
        cards = [card(self._gallery, self._gallery.image_ids[row], "") for row in list(few)[: MOST_SHOWN[0]]]
        return framed(self.name, [self._facts(), *lines(told)], cards)

    def _facts(self) -> str:
        counts = f"{count_of(len(self), 'picture')}, {count_of(self._gallery.all_captions, 'caption')}"
        return f"{counts}, model {self.model}"


def _named(file: Path) -> Any:
    from t2i_core.pictures.folder import hash_picture, regular_file
    from t2i_core.query import OutsidePicture

    regular_file(file, label=str(file))
    return OutsidePicture(hash_picture(file, name=str(file)).hex(), file.name)


def _outside(file: Path) -> tuple[str, Image.Image]:
    from t2i_core.pictures.images import open_image

    named = _named(file)
    return named.sha256, open_image(file, max_pixels=read_settings().max_pixels)
