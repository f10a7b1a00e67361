"""Thumbnails that are not there yet: the rows are shown without waiting for them."""

from __future__ import annotations

import threading
from dataclasses import replace
from functools import partial
from operator import mul
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pages._ui.grid import pictures
from pages._ui.jobs import background
from t2i_core.config import Settings
from t2i_core.types import Gallery
from tests.core.small_galleries import make_gallery


@pytest.fixture
def gallery() -> Gallery:
    return replace(make_gallery(np.eye(3), [0, 1, 2]), key="soon")


def test_what_is_ready_is_shown_and_the_rest_follows(gallery: Gallery, monkeypatch: pytest.MonkeyPatch) -> None:
    may_go_on, made = threading.Event(), []

    def slow(gallery: Gallery, row: int, settings: Settings, side: int) -> pictures.Shown:
        made.append(row)
        if row == 1:
            assert may_go_on.wait(60)
        return pictures.Shown(f"{row}.jpg", 4, 3)

    monkeypatch.setattr(pictures, "_shown", slow)
    monkeypatch.setattr(pictures, "_ready", lambda *_: None)
    ready = pictures.shown_soon(gallery, [0, None, 2, 0], Settings(), side=320, wait_s=60)
    assert [one.url if isinstance(one, pictures.Shown) else one for one in ready] == ["0.jpg", None, "2.jpg", "0.jpg"]
    assert sorted(made) == [0, 2]  # each once
    shown = pictures.shown_soon(gallery, [1, None], Settings(), side=320, wait_s=0.01)
    assert isinstance(shown[0], pictures.Pending)
    assert not shown[0].done
    assert shown[1] is None
    again = pictures.shown_soon(gallery, [1], Settings(), side=320, wait_s=0.01)
    assert isinstance(again[0], pictures.Pending)
    assert made.count(1) <= 1  # it is under way, and not begun a second time
    may_go_on.set()
    assert pictures.shown_soon(gallery, [1], Settings(), side=320, wait_s=60) == [pictures.Shown("1.jpg", 4, 3)]


def test_what_was_made_before_does_not_wait_behind_what_is_being_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "THUMBNAILS_DIR", tmp_path)
    monkeypatch.setattr(pictures, "static_url", lambda path: path.name)
    folder = tmp_path / "photos"
    folder.mkdir()
    for name in ("0.png", "1.png", "2.png"):
        Image.new("RGB", (400, 300), "teal").save(folder / name)
    (folder / "2.png").unlink()
    gallery = replace(make_gallery(np.eye(3), [0, 1, 2]), key="made before", images_dir=folder)
    gallery = replace(gallery, image_ids=("0.png", "1.png", "2.png"), image_sizes=np.full((3, 2), (400, 300)))
    [made] = pictures.shown_soon(gallery, [0], Settings(), side=64, wait_s=60)
    may_go_on, show = threading.Event(), pictures._shown

    def slow(gallery: Gallery, row: int, settings: Settings, side: int) -> pictures.Shown:
        assert may_go_on.wait(60)
        return show(gallery, row, settings, side)

    monkeypatch.setattr(pictures, "_shown", slow)
    for _ in range(2):  # and none that is shown is taken away again
        shown = pictures.shown_soon(gallery, [1, 0, 2], Settings(), side=64, wait_s=0.01)
        assert isinstance(shown[0], pictures.Pending)
        assert shown[1] == made
        assert isinstance(shown[2], pictures.Shown)
        assert "2.png" in shown[2].note
    may_go_on.set()
    [late] = pictures.shown_soon(gallery, [1], Settings(), side=64, wait_s=60)
    assert isinstance(late, pictures.Shown)


def test_workers_hand_on_outcomes_and_errors() -> None:
    workers = background.Workers(2, name="test")
    assert [workers.submit(partial(mul, number, 2)).result(60) for number in range(5)] == [0, 2, 4, 6, 8]
    failed = workers.submit(lambda: 1 // 0)
    assert isinstance(failed.exception(60), ZeroDivisionError)
    assert workers.submit(lambda: "still there").result(60) == "still there"
