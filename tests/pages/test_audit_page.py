"""The Audit page: looking, cases decided one after the other, taking back, correcting, files, and who may."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from t2i_core.audit import KINDS
from t2i_core.dataset.audit_file import Decision, add_decision, read_decisions
from tests import demo_dataset
from tests.pages.page_parts import component, texts

OpenApp = Callable[..., AppTest]
SECONDS = 300


@pytest.fixture
def data(tmp_path: Path, checkpoint: Path) -> Path:
    demo_dataset.write_demo_dataset(tmp_path / "demo", checkpoint, images=8)
    return tmp_path / "demo"


def open_audit(open_app: OpenApp, data: Path) -> AppTest:
    return open_app(data, settled=False, page="pages/audit.py")


def looked_through(open_app: OpenApp, data: Path) -> AppTest:
    """The page with its cases."""
    from pages._ui import resources

    app = open_audit(open_app, data)
    app.button(key="audit_start").click().run()
    job = resources.audit_jobs().current
    assert job is not None
    job.future.exception(timeout=SECONDS)
    app.run()
    assert not app.exception
    return app


def press(app: AppTest, key: str) -> AppTest:
    app.button(key=f"audit_{key}").click().run()
    assert not app.exception
    return app


def open_case(app: AppTest) -> str:
    """The heading of the case that is open."""
    return str(app.subheader[0].value.replace("\\", ""))


def looked_at(app: AppTest) -> str:
    return str(app.get("progress")[0].proto.text)


def test_nothing_is_looked_at_before_it_is_asked_for(open_app: OpenApp, data: Path) -> None:
    app = open_audit(open_app, data)
    assert not app.exception
    assert "Looks through 8 pictures" in texts(app)
    assert not (data / ".cache").exists()


def test_cases_are_decided_one_after_the_other_and_taken_back(open_app: OpenApp, data: Path) -> None:
    app = looked_through(open_app, data)
    total = int(looked_at(app).split(" of ")[1].split(" ")[0].replace(",", ""))
    assert looked_at(app) == f"0 of {total} looked at"
    assert app.button(key="audit_undo").disabled
    first = open_case(app)
    press(app, "wrong")
    second = open_case(app)
    assert second != first
    press(app, "right")
    press(app, "next")
    assert looked_at(app) == f"2 of {total} looked at"
    assert [decision.decision for decision in read_decisions(data)] == ["exclude", "not a fault"]
    press(app, "undo")
    assert open_case(app) == second
    press(app, "undo")
    assert open_case(app) == first
    assert looked_at(app) == f"0 of {total} looked at"
    assert read_decisions(data) == ()
    press(app, "keep")
    press(app, "back")
    assert open_case(app) == first
    assert "Decided: keep" in texts(app)


def test_a_caption_is_corrected(open_app: OpenApp, data: Path) -> None:
    app = looked_through(open_app, data)
    app.pills(key="audit_kind").set_value("caption_mismatch").run()
    caption = open_case(app)
    press(app, "correct")
    app.text_input(key="audit_correction").set_value("  a  better caption ")
    press(app, "write")
    [decision] = read_decisions(data)
    assert (decision.decision, decision.about, decision.correction) == ("correct", caption, "a better caption")
    assert "python -m t2i_core fix" in "\n".join(one.value for one in app.code)


def test_kinds_are_counted_and_chosen(open_app: OpenApp, data: Path) -> None:
    app = looked_through(open_app, data)
    options = list(app.pills(key="audit_kind").options)
    assert options[0].startswith("All ")
    counts = [int(option.rsplit(" ", 1)[1].replace(",", "")) for option in options]
    assert counts[0] == sum(counts[1:])
    assert any(option.startswith("Captions that do not fit") for option in options)


def test_decisions_of_before_count(open_app: OpenApp, data: Path) -> None:
    app = looked_through(open_app, data)
    app.pills(key="audit_kind").set_value("caption_mismatch").run()
    caption = open_case(app)
    image_id = demo_dataset.demo_captions(8).set_index("caption")["image"][caption]
    add_decision(data, Decision("caption_mismatch", str(image_id), caption, "keep"))
    app.run()
    assert looked_at(app).startswith("1 of ")


def test_a_dataset_without_captions_is_looked_through(open_app: OpenApp, tmp_path: Path, checkpoint: Path) -> None:
    demo_dataset.write_demo_dataset(tmp_path / "plain", checkpoint, images=3, with_captions=False)
    app = looked_through(open_app, tmp_path / "plain")
    assert "Look through it again" in [button.label for button in app.button]


def test_a_case_has_its_keys(open_app: OpenApp, data: Path) -> None:
    app = looked_through(open_app, data)
    presses = component(app, "t2i_page_keys")["presses"]
    drawn = {button.key for button in app.button}
    app.pills(key="audit_kind").set_value("caption_mismatch").run()
    drawn |= {button.key for button in app.button}
    assert set(presses) == {"y", "n", "r", "k", "u", "ArrowLeft", "ArrowRight"}
    assert set(presses.values()) <= drawn


def test_who_may_not_write_here_decides_nothing(open_app: OpenApp, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pages._ui.serving import permissions

    app = looked_through(open_app, data)
    monkeypatch.setattr(permissions, "connection", lambda: permissions.Connection("10.0.0.7", ()))
    press(app, "wrong")  # the page was drawn for somebody who might
    assert read_decisions(data) == ()
    assert "T2I_ALLOW_BUILD" in texts(app)
    assert not [button for button in app.button if str(button.key).startswith("audit_")]


def test_a_folder_outside_the_roots_is_not_looked_through(
    open_app: OpenApp, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "else").mkdir()
    monkeypatch.setenv("T2I_ALLOW_BUILD", "1")
    monkeypatch.setenv("T2I_ROOTS", str(tmp_path / "else"))
    app = open_audit(open_app, data)
    assert not app.exception
    assert "must lie below" in texts(app)
    assert not [button for button in app.button if button.key == "audit_start"]


def test_every_kind_has_its_names() -> None:
    from pages._ui.audit import naming

    assert set(naming.ONE) == set(KINDS)
    assert set(naming.SEVERAL) == {"", *KINDS}
