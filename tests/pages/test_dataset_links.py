"""Links to pages of which only the dataset stands in the address: the Lab and the Audit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.page_parts import texts
from tests.pages.visits import visit

OpenApp = Callable[..., AppTest]


def address(app: AppTest) -> dict[str, object]:
    return {name: value[0] if isinstance(value, list) else value for name, value in app.query_params.items()}


def follow(app: AppTest, **params: str) -> AppTest:
    app.query_params.clear()
    for name, value in params.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


@pytest.mark.parametrize("page", ["pages/lab.py", "pages/audit.py"])
def test_the_address_holds_the_dataset_and_opens_it(open_app: OpenApp, datasets: Path, page: str) -> None:
    app = open_app(datasets, settled=False, page=page)
    assert address(app) == {} and visit(app).opened.dataset == "main"
    follow(app, data="plain")
    assert visit(app).opened.dataset == "plain" and address(app) == {"data": "plain"}
    app.selectbox(key="dataset_choice").set_value("main").run()
    assert address(app) == {} and visit(app).opened.dataset == "main"
    app.selectbox(key="dataset_choice").set_value("plain").run()
    assert address(app) == {"data": "plain"}
    follow(app, data="elsewhere")
    assert "asks for the dataset 'elsewhere'" in texts(app) and visit(app).opened.dataset == "plain"
    app.switch_page("pages/search.py").run()
    assert visit(app).opened.dataset == "plain"
