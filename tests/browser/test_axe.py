"""Every page for everybody: axe finds nothing, in both themes, wide and narrow; what axe does not ask about is asked here."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from urllib.parse import urljoin

import pytest
from playwright.sync_api import Page, expect

from pages._ui import registry
from t2i_core.dataset.searches_file import searches_path
from t2i_core.projection import PROJECTION_NAME
from tests import demo_maps
from tests.browser.accessibility import headings, tree, violations
from tests.browser.search_page import Visit, cards, field, search
from tests.browser.served_app import App, serve

WIDE, NARROW = 1280, 390
LOOKS = [(WIDE, False), (NARROW, False), (WIDE, True), (NARROW, True)]


@pytest.fixture(scope="module")
def with_map(app: App) -> Iterator[None]:
    demo_maps.write_map(app.data_dir)
    yield
    (app.data_dir / PROJECTION_NAME).unlink()


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Two more apps: over an empty folder, and over a dataset that cannot be read."""
    folder = tmp_path_factory.mktemp("bare")
    for name in ("empty", "broken"):
        (folder / name).mkdir()
    (folder / "broken" / "aligned_embeddings.npz").write_bytes(b"not a zip")
    with (
        serve(folder / "empty", folder / "empty.log") as (empty, _),
        serve(folder / "broken", folder / "broken.log") as (broken, _),
    ):
        yield {"empty": empty, "broken": broken}


@pytest.fixture
def nothing_kept(app: App) -> Iterator[None]:
    """No search is saved, before and after."""
    searches_path(app.data_dir).unlink(missing_ok=True)
    yield
    searches_path(app.data_dir).unlink(missing_ok=True)


def settled(page: Page) -> None:
    page.wait_for_function("() => !document.body.innerText.includes('is loading')")


def browsing(page: Page) -> None:
    expect(cards(page).first).to_be_visible()


def hits(page: Page) -> None:
    search(page, "a mill on a hill")


def nothing_asked(page: Page) -> None:
    field(page).press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()


def detail(page: Page) -> None:
    page.locator(".card .picture").first.click()
    expect(page.locator(".detail[open] .caption-row").first).to_be_visible()
    expect(page.locator(".detail[open] .thumb").first).to_be_visible()
    page.mouse.move(2, 2)  # the name on a card below the mouse is not that of its button


def explained(page: Page) -> None:
    page.keyboard.press("e")
    expect(page.locator(".why .crowd")).to_be_visible()


def rows(page: Page) -> None:
    expect(page.locator("tr.row").first).to_be_visible()


def filters(page: Page) -> None:
    page.locator(".tools .text-button").first.click()
    expect(page.locator(".filters")).to_be_visible()


def no_row(page: Page) -> None:
    page.get_by_label("Words in captions").fill("zzzq")
    expect(page.locator(".empty .title")).to_be_visible()


def caption_detail(page: Page) -> None:
    rows(page)
    page.locator("tr.row .shot").first.click()
    expect(page.locator(".detail[open] .caption-row").first).to_be_visible()


def form(page: Page) -> None:
    expect(page.get_by_role("button", name="Start")).to_be_visible()


def refused(page: Page) -> None:
    folder = page.get_by_role("textbox", name="Folder of pictures")
    folder.fill("/nowhere/at/all")
    folder.press("Enter")
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_text("/nowhere/at/all").first).to_be_visible()


def lab(page: Page) -> None:
    expect(page.locator(".t2i-lab-plot[data-state=drawn]")).to_have_count(3)
    expect(page.locator(".row .told").first).to_be_visible()


def points(page: Page) -> None:
    expect(page.locator(".t2i-map")).to_have_attribute("data-state", re.compile("ready|drawn"))


def nothing_saved(page: Page) -> None:
    expect(page.locator(".st-key-saved_nothing")).to_be_visible()


def saved(page: Page) -> None:
    """A saved search with its pictures; `nothing_kept` removes it again."""
    hits(page)
    page.get_by_role("button", name="Save").click()
    page.get_by_role("textbox", name="Name").press("Enter")
    expect(page.get_by_text("Saved as")).to_be_visible()
    page.get_by_role("link", name="All saved searches").click()
    expect(page.locator("[class*=st-key-thumbnails_] img").first).to_be_visible()


def audit_offered(page: Page) -> None:
    expect(page.locator(".st-key-audit_start button, .st-key-audit_again button").first).to_be_visible()


# Where each state begins, and how it is reached; without an address, from the state before it.
STATES: dict[str, tuple[str, Callable[[Page], None]]] = {
    "search": ("/", browsing),
    "no query": ("", nothing_asked),
    "hits": ("", hits),
    "detail": ("", detail),
    "detail, explained": ("", explained),
    "captions": ("/captions", rows),
    "filters": ("", filters),
    "no caption": ("/captions", no_row),
    "caption's detail": ("/captions", caption_detail),
    "nothing saved": ("/saved", nothing_saved),
    "saved": ("/", saved),
    "audit": ("/audit", audit_offered),
    "lab": ("/lab", lab),
    "build": ("/build", form),
    "build refused": ("", refused),
}


@pytest.mark.parametrize(("width", "dark"), LOOKS, ids=lambda value: str(value))
def test_axe_finds_nothing(visit: Visit, nothing_kept: None, width: int, dark: bool) -> None:
    found: dict[str, list[str]] = {}
    page = visit("/_stcore/health", width=width, dark=dark)  # one browser for all, which keeps Streamlit's scripts
    for name, (path, reach) in STATES.items():
        if path:
            page.goto(urljoin(page.url, path))
            settled(page)
        reach(page)
        found[name] = violations(page)
    assert {name: told for name, told in found.items() if told} == {}


@pytest.mark.parametrize("query", ["", "?q=a+mill+on+a+hill"])
@pytest.mark.parametrize(("width", "dark"), LOOKS, ids=lambda value: str(value))
def test_axe_finds_nothing_on_the_map(
    visit_with_webgl: Visit, with_map: None, width: int, dark: bool, query: str
) -> None:
    page = visit_with_webgl(f"/embedding_map{query}", width=width, dark=dark)
    settled(page)
    points(page)
    assert violations(page) == []
    assert [one for one in tree(page) if one["role"] == "image" and not one["name"]] == []


@pytest.mark.parametrize("kind", ["empty", "broken"])
@pytest.mark.parametrize("path", ["/", "/embedding_map", "/captions"])
def test_axe_finds_nothing_where_there_is_nothing(visit: Visit, bare: dict[str, str], kind: str, path: str) -> None:
    for dark in (False, True):
        page = visit(path, dark=dark, home=bare[kind])
        words = "No pictures yet" if kind == "empty" else "This dataset cannot be read"
        expect(page.get_by_text(words)).to_be_visible()
        assert violations(page) == [], (kind, path, dark)


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("/", "Search"),
        ("/embedding_map", "Map"),
        ("/captions", "Captions"),
        ("/saved", "Saved"),
        ("/audit", "Audit"),
        ("/lab", "Lab"),
        ("/build", "Build from your pictures"),
    ],
)
def test_every_page_begins_with_its_heading_and_skips_no_level(visit: Visit, path: str, title: str) -> None:
    page = visit(path)
    settled(page)
    expect(page.locator("h1")).to_have_count(1)
    levels = headings(page)
    assert levels[0] == (1, title)
    assert all(after - before <= 1 for (before, _), (after, _) in pairwise(levels)), levels


def test_the_open_page_is_told_in_the_navigation(visit: Visit) -> None:
    page = visit("/")
    links = page.locator(".st-key-pages a")
    titles = [one.title for one in registry.PAGES]
    assert set(titles) >= {"Search", "Map", "Captions", "Build"}
    expect(links).to_have_count(len(titles))
    for number, name in enumerate(titles):
        links.nth(number).click()
        expect(page.locator('.st-key-pages a[aria-current="page"]')).to_have_count(1)
        expect(links.nth(number)).to_have_attribute("aria-current", "page")
        expect(links.nth(number)).to_contain_text(name)


def test_a_card_is_read_once_and_milliseconds_never(visit: Visit) -> None:
    page = visit("/")
    search(page, "a mill on a hill")
    caption = page.locator(".card .caption").first.text_content() or ""
    told = [one["name"] for one in tree(page)]
    assert sum(caption in name for name in told) == 1
    assert any("24 of 30 pictures" in name for name in told)
    live = page.eval_on_selector_all(
        '[role="status"], [aria-live]', "found => found.map(one => one.innerText).join(' ')"
    )
    assert "24 of 30 pictures, closest first" in live
    assert "ms" not in live.split()


def test_a_slider_has_one_name(visit: Visit) -> None:
    page = visit("/")
    search(page, "a mill on a hill")
    expect(page.get_by_role("slider", name="How many pictures", exact=True, include_hidden=True)).to_have_count(1)


def test_pictures_of_the_table_have_names(visit: Visit) -> None:
    page = visit("/captions")
    rows(page)
    expect(page.locator("tr.row .shot img").first).to_have_attribute("alt", re.compile(r"^Picture .+\.jpg$"))
    assert page.locator('tr.row .shot img:not([alt^="Picture "])').count() == 0
