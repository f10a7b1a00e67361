"""Text-to-image retrieval with CLIP: the core that pages, the command line and scripts share.

In a notebook or a script::

    import t2i_core as t2i

    photos = t2i.open("data/photos")
    photos.search("a dog on a beach", top_k=12)

Importing this package is cheap on purpose: neither torch, clip, umap nor plotly is loaded until
the one module that needs it is imported.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from t2i_core.api import Dataset as Dataset
    from t2i_core.api import Hits as Hits
    from t2i_core.api import build as build
    from t2i_core.api import open_dataset

    open = open_dataset

__version__ = "0.1.0"

# What `t2i_core.api` hands out here, and what it is called there.
_VERBS = {"open": "open_dataset", "build": "build", "Dataset": "Dataset", "Hits": "Hits"}


def __getattr__(name: str) -> object:
    if name not in _VERBS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from t2i_core import api

    return getattr(api, _VERBS[name])


def __dir__() -> list[str]:
    return sorted({*globals(), *_VERBS})
