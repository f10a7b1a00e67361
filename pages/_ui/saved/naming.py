"""A search in words: what it asks, when it was saved, and what changed since."""

from __future__ import annotations

import hashlib
from datetime import datetime

from t2i_core.dataset.searches_file import SavedSearch
from t2i_core.errors import count_of
from t2i_core.marks.searches import SearchChanges
from t2i_core.query import Cutoff, SearchRequest, write_query
from t2i_core.query.request import LOOK_ALIKES, ORDERS, RANKINGS, STACKINGS
from t2i_core.types import Gallery


def key_of(text: str) -> str:
    """What stands for a text in the key of a widget."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def question(request: SearchRequest) -> str:
    """The query in its typed form."""
    return write_query(request.query)


def settings(request: SearchRequest) -> str:
    """All that a request asks beside its query, of what is not as at first."""
    first = "The first picture" if request.top_k == 1 else f"The first {request.top_k:,} pictures"
    told = [first, *(condition.label for condition in request.where)]
    if request.liked or request.disliked:
        told.append(f"{len(request.liked):,} liked, {len(request.disliked):,} disliked")
    if request.cutoff is not None:
        kept = request.cutoff.label if isinstance(request.cutoff, Cutoff) else f"that score at least {request.cutoff:g}"
        told.append(f"only pictures {kept}")
    told += ["look-alikes stacked" if request.stacking == LOOK_ALIKES else "copies stacked"] * (
        request.stacking != STACKINGS[0]
    )
    told += [f"ranked {request.ranking}"] * (request.ranking != RANKINGS[0])
    told += [f"in the order of {request.order.removeprefix('-')}"] * (request.order != ORDERS[0])
    told += [f"diversity {request.diversity:g}"] * bool(request.diversity)
    return ", ".join(told)


def moment(saved: str) -> str:
    """A moment as people write it; what is none as it stands."""
    try:
        when = datetime.fromisoformat(saved)
    except ValueError:
        return saved[:40]
    return f"{when.day} {when:%B %Y, %H:%M} {when:%Z}".rstrip()


def since(search: SavedSearch, changes: SearchChanges, gallery: Gallery) -> str:
    """What came, went and moved since a search was saved; empty where nothing did and the dataset is the same still."""
    if changes.any:
        gone = len(changes.gone)
        lost = (
            f" ({'it is' if gone == len(changes.went) == 1 else f'{gone:,}'} no longer in the dataset)" if gone else ""
        )
        told = [f"{len(changes.came):,} came"] * bool(changes.came)
        told += [f"{len(changes.went):,} went{lost}"] * bool(changes.went)
        told += [f"{len(changes.moved):,} moved"] * bool(changes.moved)
        return f"Since it was saved: {', '.join(told)}, {changes.stayed:,} stayed"
    now = gallery.manifest.dataset_sha256 if gallery.manifest else ""
    if now == search.dataset_sha256:
        return ""
    return (
        f"The dataset was built again since, and nothing changed among the first {count_of(changes.stayed, 'picture')}"
    )
