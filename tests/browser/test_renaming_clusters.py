"""Clusters renamed in a real browser: where their names stand, in the legend, by keys alone, by two at once; and who may not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from t2i_core.dataset.cluster_names_file import cluster_names_path, read_cluster_names
from tests.app_server import served
from tests.browser.accessibility import violations
from tests.browser.map_page import Place, of_map, ready
from tests.browser.search_page import place_of
from tests.browser.served_app import App


@pytest.fixture
def data(app: App, demo: Place) -> Iterator[Path]:
    """The folder of the bundled gallery's copy, without any given name before and after."""
    folder = app.data_dir / demo.name
    cluster_names_path(folder).unlink(missing_ok=True)
    yield folder
    cluster_names_path(folder).unlink(missing_ok=True)


def name_of(page: Page, label: int) -> Locator:
    """Where the name of a cluster stands; it is shown, for it is of one of the largest."""
    text = of_map(page, f"map.labels.names[{label}].cluster.name")
    return page.locator(".t2i-map .labels").get_by_role("button", name=text, exact=True)


def given(data: Path) -> list[str]:
    return [one.name for one in read_cluster_names(data)]


FIELD = ".t2i-map input.rename"
LINE = ".t2i-map .renamed"


def test_a_double_click_renames_and_undo_takes_it_back(open_map: Callable[..., Page], demo: Place, data: Path) -> None:
    page = open_map(query=demo.query)
    made = of_map(page, "map.labels.names[0].cluster.name")
    of_map(page, "map.zoom(1.2)")
    view = of_map(page, "({...map.view})")
    name_of(page, 0).dblclick()
    field = page.locator(FIELD)
    expect(field).to_be_focused()
    assert field.input_value() == made
    assert of_map(page, "({...map.view})") == view  # a double click on a name does not show the whole map
    hostile = '<img src=x onerror="window.hurt=1"> **a**'
    field.click()  # within it nothing ends
    field.fill(f"  {hostile} ")
    field.press("Enter")
    expect(page.locator(FIELD)).to_have_count(0)
    named = page.locator(".t2i-map .labels").get_by_role("button", name=hostile, exact=True)
    expect(named).to_be_focused()  # and shown, however long it is
    box, around = place_of(named), place_of(page.locator(".t2i-map"))
    assert around["x"] <= box["x"]
    assert box["x"] + box["width"] <= around["x"] + around["width"]
    assert hostile in (named.get_attribute("title") or "")
    expect(page.locator(LINE)).to_contain_text(f"“{made}” is “{hostile}” now")
    assert given(data) == [hostile]
    assert page.evaluate("window.hurt") is None
    page.locator(LINE).get_by_role("button", name="Undo").click()
    expect(page.locator(LINE)).to_contain_text(f"“{hostile}” is “{made}” again")
    expect(name_of(page, 0)).to_have_text(made)
    assert of_map(page, "map.labels.names[0].cluster.name") == made
    assert given(data) == []
    page.locator(LINE).get_by_role("button", name="Close this line").click()
    expect(page.locator(LINE)).to_be_empty()


def test_keys_alone_rename(open_map: Callable[..., Page], demo: Place, data: Path) -> None:
    page = open_map(query=demo.query)
    made = of_map(page, "map.labels.names[1].cluster.name")
    name_of(page, 1).focus()
    page.keyboard.press("F2")
    page.keyboard.type("never kept")
    page.keyboard.press("Escape")
    expect(page.locator(FIELD)).to_have_count(0)
    expect(name_of(page, 1)).to_be_focused()
    expect(name_of(page, 1)).to_have_text(made)
    page.keyboard.press("Tab")  # to the pencil beside it
    expect(page.get_by_role("button", name=f"Rename {made}")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.type("mf?")  # no key of the page is meant: one would open Captions, filters or the sheet of keys
    page.keyboard.press("Enter")
    expect(page.locator(LINE)).to_contain_text("is “mf?” now")
    expect(name_of(page, 1)).to_be_focused()
    assert given(data) == ["mf?"]
    assert "embedding_map" in page.url
    assert not violations(page)
    page.keyboard.press("F2")
    page.keyboard.press("Delete")
    expect(page.locator(FIELD)).to_have_attribute("placeholder", made)
    assert not violations(page)
    page.keyboard.press("Enter")
    expect(page.locator(LINE)).to_contain_text(f"“mf?” is “{made}” now")
    assert given(data) == []


def test_the_pencil_of_the_legend_renames_what_is_shown_alone(
    open_map: Callable[..., Page], demo: Place, data: Path
) -> None:
    page = open_map(query=f"{demo.query}&colour=cluster")
    legend = page.locator(".t2i-map .legend")
    first = legend.locator(".group-sign").first
    first.click()
    expect(first).to_have_attribute("aria-pressed", "true")
    first.hover()
    legend.locator(".pencil").first.click()
    page.locator(FIELD).fill("Shown alone")
    page.locator(".t2i-map .legend .title").click(force=True)  # who clicks elsewhere has done with it
    expect(first).to_have_text("Shown alone")
    expect(page.locator(LINE)).to_contain_text("is “Shown alone” now")
    expect(name_of(page, 0)).to_have_text("Shown alone")
    expect(first).to_have_attribute("aria-pressed", "true")
    assert of_map(page, "[...map.legend.alone]") == [0]
    assert given(data) == ["Shown alone"]
    page.reload()
    ready(page)
    expect(page.locator(".t2i-map .legend .group-sign").first).to_have_text("Shown alone")
    expect(page.locator(LINE)).to_be_empty()  # what was done before is told no more


def test_of_two_browsers_the_later_is_told(open_map: Callable[..., Page], demo: Place, data: Path) -> None:
    one, other = open_map(query=demo.query), open_map(query=demo.query)
    made = of_map(one, "map.labels.names[0].cluster.name")
    for page, text in ((one, "First"), (other, "Second")):
        name_of(page, 0).dblclick()
        page.locator(FIELD).fill(text)
        page.locator(FIELD).press("Enter")
        expect(page.locator(LINE)).to_contain_text("First")
    expect(other.locator(LINE)).to_have_text(
        f"Somebody else renamed this cluster: it was '{made}' and is 'First' by now. Look at it again, and rename that."
    )
    expect(name_of(other, 0)).to_have_text("First")
    assert of_map(other, "map.labels.names[0].cluster.name") == "First"
    assert given(data) == ["First"]


def test_a_name_that_is_taken_is_told_and_the_old_one_comes_back(
    open_map: Callable[..., Page], demo: Place, data: Path
) -> None:
    page = open_map(query=demo.query)
    first, second = (of_map(page, f"map.labels.names[{at}].cluster.name") for at in (0, 1))
    name_of(page, 0).dblclick()
    page.locator(FIELD).fill(second.upper())
    page.locator(FIELD).press("Enter")
    expect(page.locator(LINE)).to_contain_text("Each cluster has a name of its own")
    expect(page.locator(LINE).get_by_role("button", name="Undo")).to_have_count(0)
    page.wait_for_function(
        "name => document.querySelector('.t2i-map').embeddingMap.labels.names[0].button.textContent === name", arg=first
    )
    assert given(data) == []


def test_who_may_not_change_files_is_offered_nothing(
    app: App, demo: Place, data: Path, chromium_with_webgl: Browser, tmp_path: Path
) -> None:
    with served(tmp_path, {"T2I_DATA": str(app.data_dir), "T2I_ALLOW_BUILD": "0"}) as running:
        page = chromium_with_webgl.new_page()
        page.goto(f"http://127.0.0.1:{running.port}/embedding_map{demo.query}&colour=cluster")
        ready(page)
        name_of(page, 0).dblclick()
        page.wait_for_function("document.querySelector('.t2i-map').embeddingMap.selector.rows !== null")
        name_of(page, 0).press("F2")
        expect(page.locator(FIELD)).to_have_count(0)
        expect(page.locator(".t2i-map .pencil")).to_have_count(0)
        page.close()
