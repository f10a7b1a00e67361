"""Captions beside the pictures of a build, before it starts: what fits, what does not, and the consent to go on."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from pages._ui.frame import notices
from pages._ui.session import widgets
from pages._ui.session.visit import visit
from t2i_core.building.captions import find_captions
from t2i_core.building.matching import compare_captions
from t2i_core.dataset import CAPTIONS_NAME
from t2i_core.errors import BuildError, T2IError
from t2i_core.pictures import images
from t2i_core.pictures.disks import is_mounted


def compare(images_dir: Path | None, captions: Path | None, data_dir: Path) -> bool:
    """Say how captions and pictures fit; whether a build may start.

    Compared again only when a folder or the captions file is another. What makes them unreadable is told by Start, and what
    a whole disk holds is compared by the build.
    """
    if images_dir is None or is_mounted(images_dir):
        return True
    found = visit().build
    compared = found.compared
    key = (images_dir, captions, data_dir, _stamp(captions or data_dir / CAPTIONS_NAME))
    if compared is None or compared[0] != key:
        compared = (key, *_compared(images_dir, captions, data_dir))
        found.compared = compared
    _, notes, refusal = compared
    notices.notes(notes)
    if not refusal:
        return True
    notices.error(BuildError(refusal))
    return st.checkbox("Build although no caption fits a picture", key=widgets.BUILD_MAY_MISS)


def _compared(images_dir: Path, captions: Path | None, data_dir: Path) -> tuple[list[str], str]:
    try:
        table = find_captions(captions, data_dir)
        return compare_captions(table, images.list_pictures(images_dir), data_dir=data_dir), ""
    except BuildError as error:
        return [], str(error)
    except T2IError:
        return [], ""


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        facts = path.stat()
    except (OSError, ValueError):
        return None
    return facts.st_mtime_ns, facts.st_size
