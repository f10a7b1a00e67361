"""What the query bar is told of the terms of a query: a chip each, and what may be asked instead."""

from __future__ import annotations

import base64

from pages._ui import resources
from pages._ui.grid import pictures
from pages._ui.session import terms
from pages._ui.session.asked import subject_key
from pages._ui.session.visit import visit
from t2i_core.config import Settings
from t2i_core.errors import ImageError
from t2i_core.pictures import images
from t2i_core.query import GalleryPicture, OutsidePicture, Query, Term, less_of, one_sentence, write_query
from t2i_core.types import Gallery

UPLOAD_PREVIEW_SIDE = 96
RANKED_MORE = "Models pass over words like without and no, and rank more of what they name."
MEAN_OF_TWO = "Two words ask for what both have in common."


def part(gallery: Gallery | None, settings: Settings | None) -> dict[str, object]:
    """The terms, whether they are shown as chips, and a rewrite to offer; without pictures while no gallery is open."""
    query = visit().asked.query
    told = query is not None and len(query.terms) <= terms.MOST_CHIPS
    return {
        "terms": [_chip(term, gallery, settings) for term in query.terms] if query is not None and told else [],
        "chips": terms.are_chips(),
        "rewrite": _rewrite(query),
    }


def _chip(term: Term, gallery: Gallery | None, settings: Settings | None) -> dict[str, object]:
    subject, source = term.subject, ""
    if gallery is None or settings is None:
        source = ""
    elif isinstance(subject, GalleryPicture):
        source = picture_source(gallery, subject.image_id, settings)
    elif isinstance(subject, OutsidePicture):
        source = upload_preview(settings)
    picture = isinstance(subject, GalleryPicture | OutsidePicture)
    return {
        "record": {subject.tag: subject.content, **subject.fields},
        "label": subject.label.rsplit("/", 1)[-1] if picture else subject.label,
        "title": subject.label,
        "picture": picture,
        "src": source,
        "weight": term.weight,
        "before": visit().asked.muted.get(subject_key(subject)) if term.weight == 0.0 else None,
    }


def _rewrite(query: Query | None) -> dict[str, object] | None:
    """What the person may have meant, once they rest; asked only by a click."""
    asked = visit().asked
    if query is None or not asked.settled or asked.in_field:
        return None
    if query.sentence is not None and (less := less_of(query.sentence)) is not None:
        label = write_query(less).replace("- 0.5*", "\u2212 ½ ")
        return {"said": RANKED_MORE, "label": label, "text": write_query(less)}
    sentence = one_sentence(query)
    return None if sentence is None else {"said": MEAN_OF_TWO, "label": sentence, "text": sentence}


def picture_source(gallery: Gallery, image_id: str, settings: Settings) -> str:
    """Address of a picture of the gallery, small; empty where it is not at hand."""
    row = resources.rows_by_id(gallery).get(image_id)
    return pictures.shown(gallery, [row], settings)[0].url if row is not None else ""


def upload_preview(settings: Settings) -> str:
    """The picture somebody searches with, as an address; empty where it cannot be shown."""
    upload, kept = visit().asked.upload, visit().kept
    if upload is None:
        return ""
    made_of, address = kept.preview
    if made_of is not upload:  # decoding a large picture anew would slow every other click down
        try:
            preview = images.jpeg_preview(upload.content, side=UPLOAD_PREVIEW_SIDE, max_pixels=settings.max_pixels)
            address = "data:image/jpeg;base64," + base64.b64encode(preview).decode("ascii")
        except ImageError:
            address = ""
        kept.preview = (upload, address)
    return address
