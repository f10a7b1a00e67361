"""Answers: what a dataset says to other programs, as plain records; HTTP and agents differ only in how they carry them."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from t2i_core.arrays import MAX_TOP_K
from t2i_core.config import read_settings
from t2i_core.dataset import told_close
from t2i_core.errors import QueryError
from t2i_core.export import SCORE_DIGITS, hit_record, judged_record, term_record
from t2i_core.facets.facets import Facets
from t2i_core.pictures.folder import regular_file
from t2i_core.pictures.images import is_plain, jpeg_preview, picture_path
from t2i_core.pictures.kinds import HEAD_BYTES, kind_of
from t2i_core.query import Query, SearchRequest, request_to_link

if TYPE_CHECKING:
    from t2i_core.api import Dataset
    from t2i_core.captions.word_index import WordIndex
    from t2i_core.types import Hit

THUMBNAIL_SIDE, LARGE_SIDE, SMALLEST_SIDE = 320, 1_800, 16
KEPT_THUMBNAILS = 2_000
MEDIA_TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "GIF": "image/gif", "WEBP": "image/webp", "AVIF": "image/avif"}
SCORE_MEANS = (
    "A score is the cosine of the query's embedding with the picture's, -1 to 1. Compare it within one answer: "
    "median_score is what an ordinary picture of this dataset scores for this query, good_score what a picture that fits "
    "scores. Scores of other datasets and models are on other scales."
)


class Answers:
    """What can be asked of one dataset. Safe to share between threads; writes nothing."""

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset
        self._making = threading.Lock()
        self._evaluation: Future[dict[str, object]] | None = None
        self._thumbnail = lru_cache(maxsize=KEPT_THUMBNAILS)(self._make_thumbnail)

    def about(self) -> dict[str, Any]:
        """What it holds, for who has to choose a dataset and its columns."""
        gallery = self.dataset.gallery
        return {
            "name": self.dataset.name,
            "images": len(self.dataset),
            "captions": gallery.all_captions,
            "model": self.dataset.model,
            "dimension": gallery.dimension,
            "key": gallery.key,
            "conditions": list(Facets(gallery).names),
            "problems": [str(problem) for problem in gallery.problems if problem.severity != "note"],
        }

    def search(self, request: SearchRequest) -> dict[str, Any]:
        """The best pictures for a request, with what their scores mean and what was left out.

        Raises
        ------
        QueryError
            When it cannot be asked here.
        """
        if request.top_k > MAX_TOP_K:
            raise QueryError(
                f"top_k must be in 1..{MAX_TOP_K} here, got {request.top_k}. Ask for fewer pictures, or use the command line."
            )
        for name in (*request.query.pictures, *request.liked, *request.disliked):
            self.check_picture(name)
        result = self.dataset.engine.search(request)
        good_score = self.dataset.engine.good_score(result)
        linkable = request.query.linkable
        return {
            "request": request.to_record(),
            "link": request_to_link(request) if linkable else None,
            "images": result.images,
            "hits": [self._hit(hit, several=not request.query.alike) for hit in result.hits],
            "median_score": round(result.median_score, SCORE_DIGITS),
            "good_score": None if good_score is None else round(good_score, SCORE_DIGITS),
            "score_means": SCORE_MEANS,
            **{"verdict": None, "cut": None, "fitting": None, **judged_record(result)},
            "left_out": list(result.left_out),
            "notes": list(result.notes),
            "milliseconds": {
                "encode": round(result.timings.encode_ms, 2),
                "search": round(result.timings.search_ms, 2),
            },
        }

    def fitted(self, query: Query, *, top_k: int | None, usual: int, **settings: Any) -> SearchRequest:
        """A request for a query; without a ``top_k`` as many as ``usual``, or all where there are fewer."""
        return SearchRequest.of(query, **settings, top_k=min(usual, len(self.dataset)) if top_k is None else top_k)

    def captions(self, *, words: str = "", picture: str = "", top_k: int = 24) -> dict[str, Any]:
        """Captions of one picture, or those that hold words (``dog "red hat" -snow moun*``), in file order.

        Raises
        ------
        QueryError
            When neither or both are asked for, or there is no such picture.
        """
        from t2i_core.captions.word_query import parse_words

        if bool(words.strip()) == bool(picture):
            raise QueryError(
                f"Captions are asked for by words or by a picture, got {'both' if picture else 'neither'}. Give one of them."
            )
        if not 1 <= top_k <= MAX_TOP_K:
            raise QueryError(f"top_k must be in 1..{MAX_TOP_K}, got {top_k}. Ask for fewer captions.")
        gallery = self.dataset.gallery
        if picture:
            row = self.check_picture(picture)
            positions = [] if row is None else gallery.captions_of(row)
        else:
            mask, _ = self._words.find(parse_words(words))
            positions = mask.nonzero()[0].tolist()
        return {
            "total": len(positions),
            "captions": [
                {"position": one, "image_id": gallery.picture_name(one), "caption": gallery.captions[one]}
                for one in positions[:top_k]
            ],
        }

    def evaluate(self) -> Future[dict[str, object]]:
        """Recall and median rank on the dataset's captions, counted once; DatasetError where that cannot be done."""
        with self._making:
            if self._evaluation is None:
                self._evaluation = Future()
                threading.Thread(target=self._evaluate, args=(self._evaluation,), daemon=True, name="evaluate").start()
            return self._evaluation

    def check_picture(self, image_id: str) -> int | None:
        """Row of a picture; None where it lies outside the gallery's sample.

        Raises
        ------
        QueryError
            When there is no picture of that name; it tells the names that are close.
        """
        row = self.dataset.gallery.rows_by_id.get(image_id)
        if row is None:
            if self.dataset.gallery.sampled:
                try:
                    self.dataset.engine.source.gallery_with(image_id)
                except QueryError as error:
                    raise UnknownPicture(str(error)) from error
                return None
            raise UnknownPicture(
                f"A picture is named as the dataset has it, relative to the image folder, got {image_id!r:.200}, which is none."
                f"{told_close(image_id, self.dataset.gallery.image_ids)}"
            )
        return row

    def picture(self, image_id: str) -> tuple[Path | bytes, str]:
        """The picture as browsers show it: its file where they can, else a JPEG of it; and its media type.

        Raises
        ------
        QueryError, ImageError
            When there is no such picture, or it cannot be used.
        """
        self.check_picture(image_id)
        path = picture_path(self.dataset.gallery.images_dir, image_id)
        regular_file(path, label=image_id)
        if is_plain(path):
            with path.open("rb") as file:
                return path, MEDIA_TYPES[kind_of(file.read(HEAD_BYTES))]
        return jpeg_preview(path, side=LARGE_SIDE, max_pixels=read_settings().max_pixels), MEDIA_TYPES["JPEG"]

    def thumbnail(self, image_id: str, *, side: int = THUMBNAIL_SIDE) -> bytes:
        """A small JPEG, at most ``side`` pixels on its longer side; QueryError and ImageError as `picture`."""
        self.check_picture(image_id)
        if not SMALLEST_SIDE <= side <= LARGE_SIDE:
            raise QueryError(f"A thumbnail's side must be in {SMALLEST_SIDE}..{LARGE_SIDE} pixels, got {side}.")
        path = picture_path(self.dataset.gallery.images_dir, image_id)
        return self._thumbnail(path, side, regular_file(path, label=image_id).st_mtime_ns)

    def _make_thumbnail(self, path: Path, side: int, _changed: int) -> bytes:
        return jpeg_preview(path, side=side, max_pixels=read_settings().max_pixels)

    def _hit(self, hit: Hit, *, several: bool) -> dict[str, Any]:
        sizes = {"width": hit.width or None, "height": hit.height or None}
        return hit_record(hit) | sizes | (term_record(hit) if several else {})

    def _evaluate(self, outcome: Future[dict[str, object]]) -> None:
        try:
            outcome.set_result(self.dataset.evaluate().as_dict())
        except BaseException as error:  # noqa: BLE001  # whoever asks gets it
            outcome.set_exception(error)

    @cached_property
    def _words(self) -> WordIndex:
        from t2i_core.captions.word_index import WordIndex

        return WordIndex(self.dataset.gallery.captions)


class UnknownPicture(QueryError):
    """A picture was named that the dataset does not have."""
