"""Sharing what a page shows: the link that opens it elsewhere, and files of it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import urlencode, urlsplit, urlunsplit

import streamlit as st

from pages._ui.frame import notices
from pages._ui.frame.plain_text import plain
from pages._ui.session import links, state
from pages._ui.session.visit import visit
from t2i_core import export
from t2i_core.errors import count_of
from t2i_core.types import Gallery, SearchResult


def hits(
    gallery: Gallery, result: SearchResult, *, first_dataset: str | None, more: Mapping[str, str] | None = None,
    remarks: Iterable[str] = (),
) -> None:  # fmt: skip
    """The link that opens this search elsewhere, ``more`` parameters of the page with it, and the hits as files."""
    with popover() as open_now:
        if not open_now:
            return
        st.caption("This link opens the same search elsewhere")
        left_out = (links.why_left_out(result.query), links.judged_left_out(), _seen(len(result.passed_over)))
        notices.notes([told for told in left_out if told])
        show_link(links.link_params(first_dataset=first_dataset) | dict(more or {}))
        st.caption(f"The hits: {plain(count_of(len(result.hits), 'picture'))}, with ranks, scores and captions")
        with st.container(horizontal=True):
            # With the byte order mark, or Excel takes the letters for another alphabet's.
            download("CSV", export.hits_to_csv(result).encode("utf-8-sig"), "text/csv", "pictures.csv")
            text = export.hits_to_json(result, dataset=gallery.name, manifest=gallery.manifest)
            download("JSON", text, "application/json", "pictures.json")
        notices.notes(remarks)


def _seen(count: int) -> str:
    return f"{count_of(count, 'picture')} seen before are left out here; the link shows them again." if count else ""


@contextmanager
def popover() -> Iterator[bool]:
    """The Share button; whether it is open. What stands in it is made only when it is, because files take time."""
    with st.popover(
        "Share", icon=":material/ios_share:", type="tertiary", key="share", on_change=state.acted
    ) as opened:
        yield bool(opened.open)


def show_link(params: Mapping[str, str]) -> None:
    """The address of this page with these parameters, to be copied."""
    here = urlsplit(str(st.context.url or ""))
    link = urlunsplit((here.scheme, here.netloc, here.path or "/", urlencode(params), ""))
    st.code(link, language=None, wrap_lines=True)


def download(label: str, content: str | bytes, mime: str, name: str) -> None:
    """A button that saves a file.

    The file is there before the button is pressed. Streamlit can also make one when it is pressed, but lets
    go of that file at the second run that ends afterwards, and a page that waits for something runs again by itself.
    """
    st.download_button(
        plain(label), data=content, file_name=name, mime=mime, key=f"export_{name}", on_click="ignore",
        icon=":material/download:",
    )  # fmt: skip


def kept(name: str, made_of: Hashable, make: Callable[[], bytes]) -> bytes:
    """What ``make`` gives; made again only when what it is ``made_of`` changes, since a page is drawn often."""
    files = visit().kept.files
    if name not in files or files[name][0] != made_of:
        files[name] = (made_of, make())
    return files[name][1]
