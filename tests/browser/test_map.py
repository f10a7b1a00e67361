"""The map in a real browser: hover, lasso, the query among its hits, a zoom that stays, and no WebGL."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from t2i_core.projection import Projection
from t2i_core.projection.drawing import rows_in_polygon
from tests.browser.map_page import LARGE, Place, ask, draw, isolated, of_map, point_at, ready, selected
from tests.browser.search_page import Visit, cards, expect_no_sideways_scroll, field, place_of

DEMO = 291
NO_WEBGL = """
const asked = HTMLCanvasElement.prototype.getContext;
HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
  return /webgl/.test(kind) ? null : asked.call(this, kind, ...rest);
};
"""


def test_hovering_shows_the_picture_and_a_click_pins_it(open_map: Callable[..., Page], place: Place) -> None:
    page = open_map(query=place.query)
    # In the made-up dataset the first picture lies by itself, and only the first have files.
    row = 0 if place.name == "large" else isolated(page)
    name = place.image_ids[row]
    point_at(page, row)
    card = page.locator(".t2i-map .point.hover")
    expect(card.locator("img")).to_be_visible()
    expect(card.locator(".file")).to_have_text(name)
    page.wait_for_function("document.querySelector('.t2i-map .point.hover img').naturalWidth > 0")
    page.mouse.down()
    page.mouse.up()
    pinned = page.get_by_role("dialog", name=f"Pinned picture {name}")
    expect(pinned).to_be_visible()
    pinned.get_by_role("button", name="More like this").click()
    page.wait_for_url(re.compile(r"/embedding_map\?.*like="))
    expect(page.locator(".summary")).to_contain_text("the query's own picture is left out")
    expect(page.locator(".card[data-id]").first).to_be_visible()
    assert name not in page.locator(".card[data-id]").evaluate_all("all => all.map(one => one.dataset.id)")


def test_a_lasso_selects_exactly_the_points_inside(open_map: Callable[..., Page], place: Place) -> None:
    page = open_map(query=place.query)
    draw(page, "Lasso", [(0.15, 0.2), (0.6, 0.12), (0.8, 0.6), (0.4, 0.45), (0.2, 0.85), (0.15, 0.2)])
    count = selected(page)
    expected = rows_in_polygon(place.seen(), of_map(page, "map.selector.polygon"))
    assert 0 < len(expected) < len(place.projection)
    assert list(of_map(page, "[...map.selector.rows]")) == expected.tolist()
    assert count == len(expected)
    # The cards beside the map: as many of them as are in sight are drawn.
    expect(page.locator(".card[data-id]").nth(min(count, 4) - 1)).to_be_visible()
    shown = set(page.locator(".card[data-id]").evaluate_all("all => all.map(one => one.dataset.id)"))
    assert shown <= {place.image_ids[row] for row in expected}


def test_a_selection_becomes_the_query(open_map: Callable[..., Page], projection: Projection) -> None:
    page = open_map()
    draw(page, "Box", [(0.1, 0.1), (0.7, 0.7)])
    count = selected(page)
    expect(page.locator(".card[data-id]")).to_have_count(count)
    page.get_by_role("button", name="Use as query").click()
    expect(page.get_by_text(f"{count} pictures together")).to_be_visible()
    expect(page.locator(".card .rank").first).to_be_visible()
    assert of_map(page, "map.data.selected") is None


def test_the_query_stands_among_its_hits_and_the_zoom_stays(open_map: Callable[..., Page], place: Place) -> None:
    page = open_map(query=place.query)
    page.get_by_role("button", name="Zoom in").click()
    page.get_by_role("button", name="Zoom in").click()
    before = of_map(page, "({...map.view})")
    page.evaluate("window.cloud = document.querySelector('.t2i-map').embeddingMap.points")
    ask(page, "an old stone tower")
    place_of_query, hits = of_map(page, "map.data.place"), of_map(page, "map.data.hits")
    places = {hit["row"]: (hit["x"], hit["y"]) for hit in hits}
    assert len(places) == 24
    assert place_of_query["of"] == 24
    if place_of_query["marker"] is not None:
        own = np.array([places[row] for row in place_of_query["marker"]["rows"]])
        assert own[:, 0].min() - 1e-5 <= place_of_query["marker"]["x"] <= own[:, 0].max() + 1e-5
        assert own[:, 1].min() - 1e-5 <= place_of_query["marker"]["y"] <= own[:, 1].max() + 1e-5
    assert of_map(page, "({...map.view})") == pytest.approx(before)
    assert of_map(page, "map.points === window.cloud")  # nothing was fetched or drawn again
    drawn = of_map(page, "[map.plot._fullLayout.xaxis.range[0], map.plot._fullLayout.yaxis.range[1]]")
    assert drawn == pytest.approx([before["x0"], before["y1"]])
    hide = "shown => { const at = document.querySelector('.t2i-map').parentElement; at.style.display = shown ? '' : 'none'; }"
    for shown in (False, True):  # as when a map leaves the page, or waits hidden: no view that anybody chose
        page.evaluate(f"(shown) => new Promise(done => {{ ({hide})(shown); setTimeout(done, 150); }})", shown)
        assert of_map(page, "({...map.view})") == pytest.approx(before)
    page.wait_for_url(re.compile(r"/embedding_map\?.*q=an\+old\+stone\+tower"))
    height = of_map(page, "map.height")
    page.evaluate(
        """() => {
            const line = document.createElement("div");
            line.id = "line";
            line.style.height = "50px";
            document.querySelector('[data-testid="stMainBlockContainer"]').prepend(line);
            window.dispatchEvent(new Event("resize"));
        }"""
    )
    assert of_map(page, "map.height") < height
    page.evaluate("document.querySelector('#line').remove()")  # the map takes the room again
    page.wait_for_function("(height) => document.querySelector('.t2i-map').embeddingMap.height === height", arg=height)


def test_scrolling_zooms_and_a_double_click_shows_everything(
    open_map: Callable[..., Page], projection: Projection
) -> None:
    page = open_map()
    whole = of_map(page, "map.view.x1 - map.view.x0")
    box = place_of(page.locator(".t2i-map"))
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.wheel(0, -400)
    inside = (
        "(() => { const map = document.querySelector('.t2i-map').embeddingMap; return map.view.x1 - map.view.x0; })()"
    )
    page.wait_for_function(f"{inside} < {0.95 * whole}")
    page.get_by_role("button", name="Whole map").click()
    everything = inside.replace("map.view", "map.whole()")
    page.wait_for_function(f"Math.abs({inside} - {everything}) < 1e-6")


def test_a_name_on_the_map_selects_its_cluster(open_map: Callable[..., Page], projection: Projection) -> None:
    page = open_map()
    page.locator(".t2i-map .name:visible").first.click()
    count = selected(page)
    assert count in np.bincount(projection.cluster_labels).tolist()


def test_colours_have_a_legend_and_stand_in_the_link(open_map: Callable[..., Page], projection: Projection) -> None:
    page = open_map(query="?colour=trust")
    expect(page.locator(".t2i-map .legend")).to_contain_text("Share of its closest pictures kept close")
    page.get_by_role("combobox", name=re.compile("Colour by")).click()
    page.get_by_role("option", name="Cluster").click()
    expect(page.locator(".t2i-map .legend .item").first).to_be_visible()
    page.wait_for_url("**/embedding_map?colour=cluster*")


def test_keys_open_the_map_and_the_query(visit: Visit, projection: Projection) -> None:
    page = visit()
    expect(cards(page).first).to_be_visible()
    expect(page.locator('html[data-page-keys~="m"]')).to_be_attached()
    page.keyboard.press("m")
    page.wait_for_url("**/embedding_map*")
    expect(page.locator(".t2i-map")).to_be_visible()
    expect(field(page)).to_be_visible()
    page.keyboard.press("/")
    expect(field(page)).to_be_focused()
    page.keyboard.type("m")
    expect(field(page)).to_have_value("m")


def test_without_webgl_the_density_and_the_hits_are_shown(visit: Visit, place: Place) -> None:
    page = ready(visit(f"/embedding_map{place.query}&q=a+mill", before=NO_WEBGL))
    expect(page.locator(".t2i-map .note")).to_contain_text("no WebGL")
    expect(page.locator('.t2i-map[data-drawn="density"] .plot image')).to_have_count(1)
    expect(page.locator('.t2i-map[data-query="a mill"]')).to_be_visible()
    assert len(of_map(page, "map.data.hits")) == 24
    draw(page, "Box", [(0.02, 0.12), (0.98, 0.97)])
    assert selected(page) > len(place.projection) / 2


def test_narrow_windows_need_no_sideways_scrolling(open_map: Callable[..., Page], projection: Projection) -> None:
    page = open_map(width=390, height=844)
    expect_no_sideways_scroll(page)


def test_few_bytes_for_many_points(open_map: Callable[..., Page], large: Place) -> None:
    page = open_map(query=large.query)
    assert of_map(page, "map.points.x.length") == LARGE
    sent = page.evaluate(
        "performance.getEntriesByType('resource').filter(one => one.name.endsWith('.bin'))"
        ".reduce((sum, one) => sum + one.encodedBodySize, 0)"
    )
    assert 0 < sent <= 300_000


def test_the_bundled_gallery_opens_with_its_own_map(open_map: Callable[..., Page], demo: Place) -> None:
    page = open_map(query=demo.query)
    assert of_map(page, "map.points.x.length") == DEMO == len(demo.projection)
    assert of_map(page, "map.data.clusters.map(one => one.name)") == list(demo.projection.cluster_names)
