"""What is read off the map in a real browser: cards and names, the place of a query, groups of hits, three encodings."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from t2i_core.projection import Projection
from tests.browser.map_page import Place, ask, draw, isolated, of_map, point_at, selected
from tests.browser.search_page import place_of

# How many hits and chosen points are drawn as they should be, by the pixels of the overlay.
OVERLAY = """() => {
  const map = document.querySelector('.t2i-map').embeddingMap, ink = map.ink(), brush = map.overlay.getContext('2d');
  const ratio = window.devicePixelRatio || 1, { width, height } = map.overlay;
  const all = brush.getImageData(0, 0, width, height).data; // at once: each reading waits for the drawing
  const known = {};
  const painted = (colour) => {
    const paint = document.createElement('canvas').getContext('2d');
    paint.fillStyle = colour;
    paint.fillRect(0, 0, 1, 1);
    return paint.getImageData(0, 0, 1, 1).data;
  };
  const near = (x, y, colour) => {
    const [left, top] = [Math.round(x * ratio), Math.round(y * ratio)];
    if (left < 0 || top < 0 || left >= width || top >= height) return false;
    const first = 4 * (top * width + left), wanted = (known[colour] ??= painted(colour));
    return all[first + 3] > 100 && [0, 1, 2].every((at) => Math.abs(all[first + at] - wanted[at]) < 70);
  };
  const around = (x, y, radius, colour) => [0, 1.57, 3.14, 4.71].some(
    (angle) => near(x + radius * Math.cos(angle), y + radius * Math.sin(angle), colour));
  const hue = (row) => ink.scale.length && (ink.steps ? ink.steps[map.colours.values[row]] : '#000');
  const { hits } = map.data, rows = [...map.selector.rows];
  const chosen = rows.filter((row) => !map.hits.has(row));
  const at = (row) => map.toPixels(map.points.x[row], map.points.y[row]);
  return {
    hits: hits.length,
    outlined: hits.filter((hit) => around(...map.toPixels(hit.x, hit.y), map.hitRadius(hit) - 1, ink.text)).length,
    'in their colour': hits.filter((hit) => near(...map.toPixels(hit.x, hit.y), hue(hit.row))).length,
    chosen: chosen.length,
    ringed: chosen.filter((row) => around(...at(row), (map.pointSize() + 1) / 2 + 3, ink.ring)).length,
  };
}"""


def test_a_name_opens_no_card_and_leaves_none(open_map: Callable[..., Page], place: Place) -> None:
    page = open_map(query=place.query)
    for number in range(3):
        name = page.locator(".t2i-map .name:visible").nth(number)
        box = place_of(name)
        for share in (0.2, 0.5, 0.8):  # over whatever points lie below
            page.mouse.move(box["x"] + share * box["width"], box["y"] + box["height"] / 2, steps=4)
            page.wait_for_timeout(120)
            expect(page.locator(".t2i-map .point:visible")).to_have_count(0)
        before = of_map(page, "map.selector.number")
        name.click()
        page.wait_for_function(
            "before => ![null, before].includes(document.querySelector('.t2i-map').embeddingMap.selector.number)",
            arg=before,
        )
        page.wait_for_timeout(400)
        expect(page.locator(".t2i-map .point:visible")).to_have_count(0)


def test_a_card_whose_question_is_lost_asks_again(open_map: Callable[..., Page], projection: Projection) -> None:
    page = open_map()
    row = isolated(page)
    page.evaluate("""() => {
      const map = document.querySelector('.t2i-map').embeddingMap, send = map.send;
      window.lost = 0;
      map.send = (event) => { if (event.type === 'look') { window.lost += 1; map.send = send; } else send(event); };
    }""")
    point_at(page, row)
    expect(page.locator(".t2i-map .point.hover .file")).to_be_visible()
    assert page.evaluate("window.lost") == 1


def test_top_k_moves_hits_but_not_the_query(open_map: Callable[..., Page], demo: Place) -> None:
    page = open_map(query=demo.query)
    for text in ("a dog", "fish"):
        ask(page, text)
        places = []
        for top_k in (12, 24, 48):
            box = page.get_by_role("spinbutton", name="How many pictures, typed")
            box.fill(str(top_k))
            box.press("Enter")
            page.wait_for_function(
                "count => document.querySelector('.t2i-map').embeddingMap.data.hits.length === count", arg=top_k
            )
            places.append(of_map(page, "map.data.place"))
        assert places == places[:1] * 3


def test_scattered_hits_are_told_in_a_line_and_each_group_can_be_looked_at(
    open_map: Callable[..., Page], demo: Place
) -> None:
    page = open_map(query=demo.query)
    ask(page, "a person")
    told = of_map(page, "map.data.place")
    assert told["marker"] is None
    counts = [group["count"] for group in told["groups"]]
    assert len(counts) > 2
    line = page.locator(".t2i-map .groups")
    expect(line).to_contain_text(
        f"The 24 best hits on the map lie in {len(counts)} groups: {' / '.join(map(str, counts))}"
    )
    expect(page.locator(".t2i-map .legend .query")).to_have_count(0)
    wide = of_map(page, "map.view.x1 - map.view.x0")
    line.get_by_role("button").nth(1).click()
    assert selected(page) == counts[1]
    left, right, bottom, top = told["groups"][1]["box"]
    view = of_map(page, "({...map.view})")
    assert view["x0"] < left <= right < view["x1"]
    assert view["y0"] < bottom <= top < view["y1"]
    assert view["x1"] - view["x0"] < wide
    rows = of_map(page, "[...map.selector.rows]")
    inside = [
        left - 1e-6 <= x <= right + 1e-6 and bottom - 1e-6 <= y <= top + 1e-6
        for x, y in demo.projection.coordinates[rows]
    ]
    assert all(inside)


def test_colour_hits_and_selection_are_told_apart(open_map: Callable[..., Page], demo: Place) -> None:
    for dark in (False, True):
        page = open_map(query=demo.query + "&colour=trust", dark=dark)
        ask(page, "fish")
        draw(page, "Box", [(0.01, 0.08), (0.99, 0.85)])
        selected(page)
        legend = page.locator(".t2i-map .legend")
        for entry in (
            "Share of its closest pictures kept close",
            "hits, the closest largest",
            "selected, the rest faded",
            "query",
        ):
            expect(legend).to_contain_text(entry)
        ring = of_map(page, "map.ink().ring")
        assert ring not in of_map(page, "map.ink().scale")
        # On the overlay itself: hits have the text's colour around their field's, chosen points the ring's.
        whole = page.evaluate(OVERLAY)
        assert whole["chosen"] > 10
        assert whole["ringed"] >= 0.2 * whole["chosen"], whole  # the others lie below their neighbours
        of_map(page, "map.lookAt(map.data.place.groups[0].box)")  # so that they lie less upon each other
        page.locator(".t2i-map .thumbnails").click()  # points, where there is room for pictures
        page.wait_for_timeout(300)
        near = page.evaluate(OVERLAY)
        assert near["hits"] == 24
        assert near["outlined"] >= 15, near
        assert near["in their colour"] >= 12, near
        page.close()
