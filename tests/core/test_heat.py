"""Heat maps: their scale, what is said of them, and how they are drawn over a picture."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from t2i_core.engine.heat import FAINT, HeatMap, heat_map
from t2i_core.pictures.heat import COLOUR_LEFT, COLOURS, LIGHT_LEFT, STRONGEST, draw_heat
from t2i_core.types import FloatArray

WHOLE = (0.0, 0.0, 1.0, 1.0)


def raw(**places: float) -> FloatArray:
    """8 by 8 zeros but for ``r<row>c<column>``."""
    values = np.zeros((8, 8), dtype=np.float32)
    for place, value in places.items():
        row, column = place[1:].split("c")
        values[int(row), int(column)] = value
    return values


def test_a_place_is_as_bright_as_it_is_clear() -> None:
    heat = heat_map(raw(r0c0=0.1, r1c1=-0.2), WHOLE, scale=(0.0, 0.2), fit=None)
    assert heat.peak == pytest.approx(0.5)
    assert heat.values.min() == 0.0
    assert not heat.values.flags.writeable


def test_what_says_nothing_of_it_stays_dark() -> None:
    values = heat_map(raw(r0c0=1.1, r1c1=0.9, r2c2=3.0), WHOLE, scale=(1.0, 2.0), fit=None).values
    assert values[0, 0] == pytest.approx(0.05) and values[1, 1] == 0.0 and values[2, 2] == 1.0


def test_nothing_is_brighter_than_clear() -> None:
    assert heat_map(raw(r0c0=0.4, r7c7=0.1), WHOLE, scale=(0.0, 0.2), fit=None).values[7, 7] == pytest.approx(0.25)


def test_proportions_are_as_bright_as_the_picture_fits() -> None:
    values = raw(r2c5=3.0, r2c6=2.0) + np.float32(1)
    assert heat_map(values, WHOLE, scale=None, fit=0.4).peak == pytest.approx(0.4)
    assert heat_map(values, WHOLE, scale=None, fit=-1.0).peak == 0.0
    assert heat_map(values, WHOLE, scale=None, fit=3.0).values[2, 6] == pytest.approx(2 / 3)
    assert float(np.median(heat_map(values, WHOLE, scale=None, fit=1.0).values)) == 0.0


@pytest.mark.parametrize(
    ("places", "said"),
    [
        ({"r0c0": 1.0}, "brightest in the upper left"),
        ({"r7c7": 1.0}, "brightest in the lower right"),
        ({"r0c4": 1.0}, "brightest in the upper middle"),
        ({"r4c4": 1.0}, "brightest in the middle"),
        ({"r4c0": 1.0}, "brightest in the middle, at the left"),
        ({"r7c7": FAINT / 2}, "nowhere clearly, most in the lower right"),
        ({}, "nowhere in the picture"),
    ],
)
def test_where_it_is_brightest_is_said(places: dict[str, float], said: str) -> None:
    assert HeatMap(raw(**places), WHOLE).where == said


def test_a_bright_neighbourhood_counts_more_than_one_place() -> None:
    around = {f"r{row}c{column}": 0.95 for row in (5, 6, 7) for column in (5, 6, 7)}
    assert HeatMap(raw(r0c0=1.0, **around), WHOLE).where == "brightest in the lower right"


def test_heat_everywhere_is_said_to_be() -> None:
    values = np.full((8, 8), 0.9, dtype=np.float32)
    values[0, 0] = 1.0
    assert HeatMap(values, WHOLE).where.startswith("over most of the picture, brightest in the")


def test_a_place_is_told_within_the_picture_and_not_within_what_is_seen_of_it() -> None:
    """A model that crops a wide picture sees its middle only."""
    assert HeatMap(raw(r0c0=1.0), (0.4, 0.0, 0.6, 1.0)).where == "brightest in the upper middle"


def test_a_picture_without_heat_is_the_picture_quieter() -> None:
    plain = Image.new("RGB", (40, 20), (200, 60, 30))
    drawn = np.asarray(draw_heat(plain, np.zeros((2, 4), dtype=np.float32), WHOLE))
    assert (drawn == drawn[0, 0]).all() and drawn.shape == (20, 40, 3)
    assert np.ptp(drawn[0, 0].astype(int)) < 200 - 30
    assert drawn[0, 0, 0] > drawn[0, 0, 2]


def test_heat_is_drawn_where_it_is_and_the_picture_stays_to_be_seen() -> None:
    stripes = np.zeros((64, 64, 3), dtype=np.uint8)
    stripes[:, ::2] = 255
    drawn = np.asarray(draw_heat(Image.fromarray(stripes), raw(r1c6=1.0), WHOLE)).astype(int)
    cold = np.asarray(draw_heat(Image.fromarray(stripes), raw(), WHOLE)).astype(int)
    changed = np.abs(drawn - cold).sum(axis=2)
    assert changed[8:16, 48:56].min() > 30
    assert changed[40:].max() == 0
    assert np.abs(np.diff(drawn[12, 48:56].sum(axis=1))).min() > 60  # the stripes are still there


def test_what_the_model_did_not_see_stays_as_it_is() -> None:
    plain = Image.new("RGB", (90, 30), (120, 120, 120))
    drawn = np.asarray(draw_heat(plain, np.ones((4, 4), dtype=np.float32), (1 / 3, 0.0, 2 / 3, 1.0))).astype(int)
    assert (drawn[:, :30] == drawn[0, 0]).all() and (drawn[:, 60:] == drawn[0, 0]).all()
    assert np.abs(drawn[:, 30:60] - drawn[0, 0]).sum(axis=2).min() > 100


def test_what_lies_beyond_the_picture_is_cut_off() -> None:
    """A model that pads sees more than the picture."""
    values = np.zeros((4, 4), dtype=np.float32)
    values[0] = 1.0
    drawn = np.asarray(draw_heat(Image.new("RGB", (80, 40)), values, (0.0, -0.5, 1.0, 1.5))).astype(int)
    assert drawn.shape == (40, 80, 3)
    assert drawn[20:].max() == 0


def test_the_browser_draws_with_the_same_colours() -> None:
    script = (Path(__file__).parents[2] / "pages/_ui/components/shared/detail/heat.js").read_text(encoding="utf-8")
    listed = script[script.index("COLOURS = [") : script.index("];")]
    assert [tuple(map(int, one.split(","))) for one in re.findall(r"\[(\d+, \d+, \d+)\]", listed)] == list(COLOURS)
    assert f"STRONGEST = {STRONGEST};" in script
    styles = (Path(__file__).parents[2] / "pages/_ui/components/shared/detail/detail.css").read_text(encoding="utf-8")
    assert f"saturate({COLOUR_LEFT}) brightness({LIGHT_LEFT})".replace("(0.", "(.") in styles
