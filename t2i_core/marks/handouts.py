"""Handouts: pictures to hand on, hits or those of a tag, with all that says where they are from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from t2i_core.errors import DatasetError
from t2i_core.export import SCORE_DIGITS
from t2i_core.marks.tagging import Tags, now, read_tags
from t2i_core.query import SearchRequest
from t2i_core.types import Gallery, SearchResult


@dataclass(frozen=True)
class HandedPicture:
    """One picture of a handout; ``rank`` and ``score`` are None where no search ranked it."""

    image_id: str
    caption: str = ""
    tags: tuple[str, ...] = ()
    width: int = 0
    height: int = 0
    rank: int | None = None
    score: float | None = None


@dataclass(frozen=True, eq=False)
class Handout:
    """Pictures to hand on, in order, and what made them.

    Attributes
    ----------
    gallery : Gallery
    pictures : tuple of HandedPicture
    title : str
        What they are, for people.
    request : SearchRequest, optional
        What found them.
    tags : tuple of str
        Whose pictures they are, where no search found them.
    created : str
        When, as ISO 8601 in UTC.
    """

    gallery: Gallery
    pictures: tuple[HandedPicture, ...]
    title: str
    request: SearchRequest | None = None
    tags: tuple[str, ...] = ()
    created: str = ""

    @cached_property
    def about(self) -> dict[str, Any]:
        """The request and the dataset that made it, as JSON; the request can be asked again (``search --request``)."""
        manifest = self.gallery.manifest
        return {
            "title": self.title,
            "request": self.request.to_record() if self.request is not None else None,
            "tags": list(self.tags),
            "dataset": self.gallery.name,
            "dataset_sha256": manifest.dataset_sha256 if manifest else None,
            "model": manifest.model_id if manifest else None,
            "weights_sha256": manifest.weights_sha256 if manifest else None,
            "created": self.created,
            "pictures": len(self.pictures),
        }

    def records(self) -> Iterable[dict[str, Any]]:
        """Each picture as JSON."""
        for one in self.pictures:
            yield {
                "rank": one.rank,
                "image_id": one.image_id,
                "score": None if one.score is None else round(one.score, SCORE_DIGITS),
                "caption": one.caption or None,
                "tags": list(one.tags),
                "width": one.width or None,
                "height": one.height or None,
            }


def handout_of_result(gallery: Gallery, result: SearchResult, *, created: str = "") -> Handout:
    """The hits of a search.

    Raises
    ------
    DatasetError
        When ``tags.csv`` cannot be read.
    """
    of_picture = read_tags(gallery.data_dir).of_picture
    pictures = tuple(
        HandedPicture(
            hit.image_id,
            hit.caption or "",
            of_picture.get(hit.image_id, ()),
            hit.width,
            hit.height,
            hit.rank,
            hit.score,
        )
        for hit in result.hits
    )
    return Handout(gallery, pictures, result.query.label, result.request, created=created or now())


def handout_of_selection(
    gallery: Gallery, image_ids: Sequence[str], result: SearchResult | None = None, *, created: str = ""
) -> Handout:
    """Pictures that somebody selected: those that a search found in its order, with ranks and scores, then the others.

    Pictures that neither the search nor the gallery holds are not among them.

    Raises
    ------
    DatasetError
        When ``tags.csv`` cannot be read.
    """
    wanted = dict.fromkeys(image_ids)
    found = handout_of_result(gallery, result, created=created) if result is not None else None
    hits = tuple(one for one in found.pictures if one.image_id in wanted) if found is not None else ()
    known = {one.image_id for one in hits}
    others = _described(gallery, [name for name in wanted if name not in known], read_tags(gallery.data_dir))
    if found is None:
        return Handout(gallery, others, "Selected pictures", created=created or now())
    return replace(found, pictures=(*hits, *others))


def handout_of_tags(gallery: Gallery, tags: Sequence[str] = (), *, created: str = "") -> Handout:
    """The pictures that have any of some tags, in the order they were tagged; all that have one where none is named.

    Pictures that are gone from the gallery are not among them (`Tags.gone`).

    Raises
    ------
    DatasetError
        When ``tags.csv`` cannot be read, or no picture has a tag that is named.
    """
    kept = read_tags(gallery.data_dir)
    check_known(kept, tags)
    wanted = [mark.image_id for mark in kept.marks if not tags or mark.tag in tags]
    title = f"Tagged {' or '.join(tags)}" if tags else "Tagged pictures"
    return Handout(gallery, _described(gallery, wanted, kept), title, tags=tuple(tags), created=created or now())


def check_known(tags: Tags, named: Iterable[str]) -> None:
    """Refuse names of tags that no picture has; DatasetError says which there are."""
    for name in named:
        if name not in tags.pictures:
            there = ", ".join(list(tags.pictures)[:12]) or "none yet"
            raise DatasetError(
                f"A tag must be one that a picture has ({there}), got {name!r:.100}. Check its spelling."
            )


def _described(gallery: Gallery, image_ids: Iterable[str], tags: Tags) -> tuple[HandedPicture, ...]:
    described = []
    for image_id in dict.fromkeys(image_ids):
        row = gallery.rows_by_id.get(image_id)
        if row is None:
            continue
        width, height = (int(side) for side in gallery.image_sizes[row])
        captions = gallery.captions_of(row)
        caption = gallery.captions[captions[0]] if captions else ""
        described.append(HandedPicture(image_id, caption, tags.of_picture.get(image_id, ()), width, height))
    return tuple(described)
