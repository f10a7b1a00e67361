"""The map's colours: each is seen on the page in both themes, and the ring of a selection is like no colour of a field."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]
COLOURS = (ROOT / "pages" / "_ui" / "components" / "map" / "colours.js").read_text(encoding="utf-8")
THEMES = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))["theme"]
SEEN = 3.0  # contrast that WCAG asks of graphics
APART = 35.0  # in CIELAB; 2.3 is the least that is noticed side by side


def constant(name: str) -> Any:
    """A constant of the script that is written as JSON but for the quotes of its keys."""
    found = re.search(rf"^export const {name} = (.*?);$", COLOURS, re.MULTILINE | re.DOTALL)
    assert found, name
    return json.loads(re.sub(r",(\s*[}\]])", r"\1", re.sub(r"(\w+):", r'"\1":', found[1])))


HUES: list[str] = constant("HUES")
SCALES: dict[str, list[str]] = constant("SCALES")
RING: dict[str, str] = constant("RING")


def linear(colour: str) -> np.ndarray:
    parts = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    lights = sorted(float(linear(colour) @ (0.2126, 0.7152, 0.0722)) + 0.05 for colour in (one, other))
    return lights[1] / lights[0]


def lab(colour: str) -> np.ndarray:
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    x, y, z = np.cbrt(np.maximum(to_xyz @ linear(colour) / (0.9505, 1.0, 1.089), 0.008856))
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_colour_is_seen_on_the_page(theme: str) -> None:
    page = THEMES[theme]["backgroundColor"]
    faint = {colour: contrast(colour, page) for colour in [*HUES, *SCALES[theme], RING[theme]]}
    assert {colour: round(much, 2) for colour, much in faint.items() if much < SEEN} == {}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_ring_is_like_no_colour_of_a_field(theme: str) -> None:
    fields = [*HUES, *SCALES[theme]]
    near = {colour: float(np.linalg.norm(lab(colour) - lab(RING[theme]))) for colour in fields}
    assert {colour: round(far, 1) for colour, far in near.items() if far < APART} == {}


def test_ten_groups_have_ten_colours_that_differ() -> None:
    assert len(HUES) == 10
    pairs = [(one, other) for place, one in enumerate(HUES) for other in HUES[:place]]
    assert min(float(np.linalg.norm(lab(one) - lab(other))) for one, other in pairs) > APART


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_scale_gets_lighter_from_end_to_end(theme: str) -> None:
    assert (np.diff([lab(colour)[0] for colour in SCALES[theme]]) > 0).all()
