"""A page is drawn again once what it waits for has changed: asked for by the server, as the page that is shown."""

from __future__ import annotations

import asyncio
import threading
import time
import tomllib
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from types import SimpleNamespace

import pytest
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.testing.v1 import AppTest

from pages._ui.frame import redraw
from pages._ui.resources import engines
from pages._ui.session.visit import visit_in
from tests.architecture.source_tree import ROOT, below, call_breaches

SECONDS = 30.0


class Session:
    """As much of Streamlit's session as a redraw needs: it rests, or a run is going on."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._event_loop = loop
        self.session_state: dict[str, object] = {}
        self.reruns: list[ClientState] = []
        self.rests = threading.Event()
        self.rests.set()

    def track_settling(self) -> None:
        """Begin to notice whether it rests."""

    async def wait_until_settled(self) -> None:
        while not self.rests.is_set():
            await asyncio.sleep(0.001)

    def request_rerun(self, client_state: ClientState) -> None:
        self.reruns.append(client_state)


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    one = Session(loop)
    server = SimpleNamespace(get_app_session=lambda session_id: one if session_id == "one" else None)
    monkeypatch.setattr(redraw, "runtime", SimpleNamespace(exists=lambda: True, get_instance=lambda: server))
    yield one
    loop.call_soon_threadsafe(loop.stop)
    thread.join(SECONDS)
    loop.close()


@pytest.fixture
def watcher() -> redraw.Watcher:
    return redraw.Watcher()


def soon(found: Callable[[], object]) -> bool:
    deadline = time.monotonic() + SECONDS
    while not found() and time.monotonic() < deadline:
        time.sleep(0.005)
    return bool(found())


def looked_at(watcher: redraw.Watcher, times: int = 3) -> None:
    """Until the watcher has looked around some times."""
    looks = []
    run = watcher.begin("another")
    run.waits.append(redraw.Wait(lambda: looks.append(1), None))
    watcher.drawn(run, ClientState())
    assert soon(lambda: len(looks) >= times)
    watcher.forget(run)


def waiting(watcher: redraw.Watcher, look: Callable[[], object], page: str = "map", every: float = 0.0) -> redraw.Run:
    run = watcher.begin("one")
    run.waits.append(redraw.Wait(look, False, every))
    watcher.drawn(run, ClientState(page_script_hash=page, query_string="q=dog"))
    return run


def test_a_change_draws_the_page_again_once(session: Session, watcher: redraw.Watcher) -> None:
    loaded: Future[None] = Future()
    waiting(watcher, loaded.done)
    looked_at(watcher)
    assert session.reruns == []
    loaded.set_result(None)
    assert soon(lambda: session.reruns)
    looked_at(watcher)
    assert [(one.page_script_hash, one.query_string) for one in session.reruns] == [("map", "q=dog")]
    assert visit_in(session.session_state).link.acted is True


def test_a_page_that_was_left_is_never_drawn_again(session: Session, watcher: redraw.Watcher) -> None:
    """Not when its wait is over only then, nor when its redraw was on its way."""
    loaded: Future[None] = Future()
    waiting(watcher, loaded.done, page="map")
    session.rests.clear()  # somebody has clicked, and the run of the other page has not begun yet
    loaded.set_result(None)
    looked_at(watcher)
    later = watcher.begin("one")
    session.rests.set()
    looked_at(watcher)
    assert session.reruns == []
    later.waits.append(redraw.Wait(lambda: True, False))
    watcher.drawn(later, ClientState(page_script_hash="captions"))
    assert soon(lambda: session.reruns)
    assert [one.page_script_hash for one in session.reruns] == ["captions"]


def test_a_run_that_ends_after_a_later_one_began_is_not_watched(session: Session, watcher: redraw.Watcher) -> None:
    stopped = watcher.begin("one")
    stopped.waits.append(redraw.Wait(lambda: True, False))
    shown = watcher.begin("one")
    watcher.drawn(stopped, ClientState(page_script_hash="map"))
    looked_at(watcher)
    watcher.drawn(shown, ClientState(page_script_hash="captions"))
    watcher.drawn(stopped, ClientState(page_script_hash="map"))
    looked_at(watcher)
    assert session.reruns == []


def test_what_changes_all_the_time_is_drawn_at_its_pace(session: Session, watcher: redraw.Watcher) -> None:
    run = waiting(watcher, time.monotonic, every=3_600.0)
    looked_at(watcher)
    assert session.reruns == []
    assert not run.waits[0].over(3_599.0)
    assert run.waits[0].over(3_600.0)


def test_a_look_that_fails_lets_the_page_meet_the_error(session: Session, watcher: redraw.Watcher) -> None:
    waiting(watcher, lambda: 1 // 0)
    assert soon(lambda: session.reruns)


def test_a_session_that_has_gone_is_forgotten(session: Session, watcher: redraw.Watcher) -> None:
    run = watcher.begin("gone")
    run.waits.append(redraw.Wait(lambda: True, False))
    watcher.drawn(run, ClientState())
    assert soon(lambda: not watcher.is_latest(run))
    looked_at(watcher)  # the thread lives on
    assert session.reruns == []


def test_a_page_that_waits_for_nothing_is_not_kept(watcher: redraw.Watcher) -> None:
    run = watcher.begin("one")
    watcher.drawn(run, ClientState())
    assert not watcher.is_latest(run)


@pytest.mark.parametrize("page", ["", "pages/embedding_map.py", "pages/captions.py", "pages/build.py"])
def test_every_page_waits_for_the_model(
    page: str,
    open_app: Callable[..., AppTest],
    datasets: Path,
    waits: list[redraw.Run],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    loading: Future[object] = Future()
    monkeypatch.setattr(engines, "_engine", lambda *_, **__: loading)
    app = open_app(datasets, settled=False, page=page)
    assert not app.exception
    assert not any(wait.look is not loading.done and wait.every for wait in waits[-1].waits)
    assert any(wait.look == loading.done and not wait.over(1.0) for wait in waits[-1].waits)
    loading.set_exception(ValueError("for the page to tell"))
    assert any(wait.look == loading.done and wait.over(0.0) for wait in waits[-1].waits)


def test_no_page_has_a_fragment() -> None:
    """See pages/_ui/frame/redraw.py: a fragment that is asked for while its page is left empties the next one. A dialog is one too."""
    names = ("st.fragment", "st.dialog", "st.experimental_fragment", "st.experimental_dialog", "streamlit.fragment")
    assert call_breaches(below("pages/", "Home.py"), names) == []


def test_the_browser_keeps_no_messages_for_the_server_to_refer_to() -> None:
    settings = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert settings["global"]["minCachedMessageSize"] > 1e9
