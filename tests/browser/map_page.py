"""The map as the browser tests drive it: its datasets, where a picture's point is, asking, drawing, what is selected."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from t2i_core.dataset import read_gallery
from t2i_core.projection import PROJECTION_NAME, Projection, read_projection
from t2i_core.projection.drawing import STEPS, bounds_of, quantised
from t2i_core.types import FloatArray
from tests import demo_maps
from tests.browser.search_page import Visit, field, place_of
from tests.browser.served_app import ROOT, App

LARGE = 31_783


@dataclass(frozen=True)
class Place:
    """A dataset with its map: the bundled gallery with the bundled model, or one of very many made-up pictures."""

    name: str
    projection: Projection
    image_ids: tuple[str, ...]

    @property
    def query(self) -> str:
        return f"?data={self.name}"

    def seen(self) -> FloatArray:
        """Where the browser has the points: they travel as two bytes a coordinate."""
        bounds = bounds_of(self.projection.coordinates)
        low = np.array([bounds[0], bounds[2]])
        wide = np.array([bounds[1] - bounds[0], bounds[3] - bounds[2]])
        places: FloatArray = low + quantised(self.projection.coordinates, bounds) / STEPS * wide
        return places


@pytest.fixture(scope="module")
def projection(app: App) -> Iterator[Projection]:
    """A map of the 30 pictures."""
    yield demo_maps.write_map(app.data_dir)
    (app.data_dir / PROJECTION_NAME).unlink()


@pytest.fixture(scope="module")
def demo(app: App) -> Iterator[Place]:
    folder = app.data_dir / "demo"
    shutil.copytree(ROOT / "data", folder)
    gallery = read_gallery(folder, ROOT / "static" / "images")
    stored = read_projection(gallery)
    assert stored is not None
    yield Place("demo", stored, tuple(gallery.image_ids))
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def large(app: App) -> Iterator[Place]:
    folder = app.data_dir / "large"
    made = demo_maps.write_large_dataset(folder, app.checkpoint, images=LARGE)
    yield Place("large", made, tuple(read_gallery(folder).image_ids))
    shutil.rmtree(folder)
    shutil.rmtree(app.data_dir / "large pictures")


@pytest.fixture(params=["demo", "large"])
def place(request: pytest.FixtureRequest) -> Place:
    found: Place = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def open_map(visit_with_webgl: Visit) -> Callable[..., Page]:
    def open_it(**options: Any) -> Page:
        query = options.pop("query", "")
        return ready(visit_with_webgl(f"/embedding_map{query}", **options))

    return open_it


def ready(page: Page) -> Page:
    expect(page.locator('.t2i-map[data-state="ready"]')).to_be_visible()
    return page


def of_map(page: Page, expression: str) -> Any:
    return page.evaluate(
        f"(() => {{ const map = document.querySelector('.t2i-map').embeddingMap; return {expression}; }})()"
    )


def spot(page: Page, row: int) -> tuple[float, float]:
    """Where a picture's point is in the window."""
    x, y = of_map(
        page,
        f"(([l, t], b) => [b.left + l, b.top + t])(map.toPixels(map.points.x[{row}], map.points.y[{row}]),"
        " map.root.getBoundingClientRect())",
    )
    return x, y


def point_at(page: Page, row: int) -> None:
    x, y = spot(page, row)
    page.mouse.move(x - 6, y - 6)
    page.mouse.move(x, y, steps=3)


def ask(page: Page, text: str) -> None:
    field(page).fill(text)
    field(page).press("Enter")
    expect(page.locator(f'.t2i-map[data-query="{text}"]')).to_be_visible()


def draw(page: Page, tool: str, corners: list[tuple[float, float]]) -> None:
    """Drag along corners given as shares of the map's width and height."""
    page.get_by_role("button", name=tool, exact=True).click()
    box = place_of(page.locator(".t2i-map"))
    at = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in corners]
    page.mouse.move(*at[0])
    page.mouse.down()
    for x, y in at[1:]:
        page.mouse.move(x, y, steps=4)
    page.mouse.up()


def selected(page: Page) -> int:
    told = page.get_by_text(re.compile(r"^[\d,]+ pictures? selected$"))
    expect(told).to_be_visible()
    return int((told.text_content() or "").split()[0].replace(",", ""))


def isolated(page: Page) -> int:
    """The row farthest from every other, among those no name or button covers: pointing at it is pointing at nothing else."""
    row: int = of_map(
        page,
        """(() => {
          const { x, y } = map.points, box = map.root.getBoundingClientRect();
          let [best, row] = [-1, -1];
          for (let i = 0; i < x.length; i += 1) {
            const [left, top] = map.toPixels(x[i], y[i]);
            const under = document.elementFromPoint(box.left + left, box.top + top);
            let apart = Infinity;
            for (let j = 0; j < x.length; j += 1) if (j !== i) apart = Math.min(apart, Math.hypot(x[i] - x[j], y[i] - y[j]));
            if (map.plot.contains(under) && apart > best) [best, row] = [apart, i];
          }
          return row;
        })()""",
    )
    return row
