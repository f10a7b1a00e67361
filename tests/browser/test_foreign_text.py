"""What a link or a person's files hold is shown as text: no link, no markup, no icon comes of it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.app_server import Served, served
from tests.browser.served_app import App
from tests.hostile_texts import HOSTILE_TEXTS

JOINER = "\u2060"
SEEN = """() => Array.from(document.querySelectorAll('[data-testid="stCaptionContainer"], [data-testid="stText"]'))
    .map(one => one.innerText)"""
# Everything that Markdown could have made inside the page and its sidebar.
MADE = ", ".join(
    f'[data-testid="{place}"] {thing}'
    for place in ("stMarkdownContainer", "stText")
    for thing in ("a", "strong", "em", "del", "code", "img", "svg", "h1", "h2", "li", "blockquote", "hr", "table", "b", "script",
                  ".katex", ".stMarkdownColoredText", '[role="img"]', '[translate="no"]', "sup", "input", "style")
)  # fmt: skip


@pytest.fixture(scope="module")
def named(app: App, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server over one dataset for each text, which is its name."""
    folder = tmp_path_factory.mktemp("named")
    data = folder / "data"
    for number, text in enumerate(HOSTILE_TEXTS):
        dataset = data if number == 0 else data / f"d{number:02}"
        shutil.copytree(app.data_dir / "elsewhere", dataset)
        manifest = json.loads((dataset / "manifest.json").read_text(encoding="utf-8"))
        (dataset / "manifest.json").write_text(json.dumps(manifest | {"name": text}), encoding="utf-8")
    with served(folder, {"T2I_DATA": str(data)}) as running:
        yield running


def lines(page: Page) -> list[str]:
    return [" ".join(line.replace(JOINER, "").split()) for line in page.evaluate(SEEN)]


def test_a_link_to_a_dataset_that_is_not_here(named: Served, chromium: Browser) -> None:
    page = chromium.new_page()
    page.goto(named.url)
    expect(page.locator(".card.seen").first).to_be_visible()
    before = page.locator(MADE).count()
    for text in HOSTILE_TEXTS:
        page.goto(f"{named.url}/?data={quote(text + ' gone')}")
        expect(page.get_by_text("which is not here")).to_be_visible()
        shown = " ".join(f"The link asks for the dataset {text + ' gone'!r}, which is not here.".split())
        assert any(line.startswith(shown) for line in lines(page)), (shown, lines(page))
        assert page.locator(MADE).count() == before, text
    page.close()


def test_names_of_datasets(named: Served, chromium: Browser) -> None:
    page = chromium.new_page()
    page.goto(named.url)
    expect(page.locator(".card.seen").first).to_be_visible()
    before = page.locator(MADE).count()
    page.locator(".st-key-dataset_open button").click()
    page.get_by_role("combobox", name="Dataset").click()
    options = page.get_by_role("option")
    expect(options.first).to_be_visible()
    told = {" ".join(one.replace(JOINER, "").split()) for one in options.all_inner_texts()}
    assert told and told <= {" ".join(text.split()) for text in HOSTILE_TEXTS}
    assert page.locator(MADE).count() == before
    assert options.locator("a, strong, em, code, img, svg, b, .katex").count() == 0
    page.close()


def test_paths_on_the_build_page(named: Served, chromium: Browser, tmp_path: Path) -> None:
    page = chromium.new_page()
    page.goto(f"{named.url}/build")
    field = page.get_by_role("textbox", name="Folder of pictures")
    expect(field).to_be_visible()
    before = page.locator(MADE).count()
    for text in HOSTILE_TEXTS:
        field.fill(f"/{text}/gone")
        field.press("Enter")
        expect(page.get_by_text("The folder of pictures must exist")).to_contain_text("gone. Check")
        page.wait_for_function(
            "text => document.body.innerText.replaceAll('\\u2060', '').replace(/\\s+/g, ' ').includes(text)",
            arg=" ".join(str(Path(f"/{text}/gone")).split()),
        )
        assert page.locator(MADE).count() == before, text
    page.close()
