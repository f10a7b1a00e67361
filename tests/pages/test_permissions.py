"""Who may change files, and where: the connection a browser has, the settings, folders and links out of them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pages._ui.serving.permissions import Connection, NotAllowedError, Permit, permit
from pages._ui.serving.policy import EVERYBODY, NOBODY, SAME_COMPUTER, Policy, read_hosts, read_policy
from t2i_core.errors import T2IError

HOST, ORIGIN = ("Host", "localhost:8501"), ("Origin", "http://localhost:8501")


@pytest.mark.parametrize("peer", ["127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1"])
@pytest.mark.parametrize("name", ["localhost:8501", "127.0.0.1:8501", "[::1]:8501", "LOCALHOST", "app.localhost:80"])
def test_a_browser_on_the_same_computer(peer: str, name: str) -> None:
    assert Connection(peer, (("host", name), ("origin", f"http://{name}"))).is_local


@pytest.mark.parametrize(
    ("peer", "headers"),
    [
        ("192.168.1.7", (HOST, ORIGIN)),
        ("::ffff:192.168.1.7", (HOST, ORIGIN)),
        ("2001:db8::1", (HOST, ORIGIN)),
        (None, (HOST, ORIGIN)),
        ("", (HOST, ORIGIN)),
        ("127.0.0.1.example.org", (HOST, ORIGIN)),
        ("127.0.0.1", ()),
        ("127.0.0.1", (HOST,)),
        ("127.0.0.1", (ORIGIN,)),
        ("127.0.0.1", (HOST, ORIGIN, ORIGIN)),
        ("127.0.0.1", (HOST, HOST, ORIGIN)),
        ("127.0.0.1", (HOST, ("Origin", "null"))),
        ("127.0.0.1", (HOST, ("Origin", "https://photos.example.org"))),
        ("127.0.0.1", (("Host", "photos.example.org"), ORIGIN)),
        ("127.0.0.1", (("Host", "localhost.example.org"), ORIGIN)),
        ("127.0.0.1", (("Host", "127.0.0.1@example.org"), ORIGIN)),
        ("127.0.0.1", (HOST, ("Origin", "http://localhost@example.org"))),
        ("127.0.0.1", (HOST, ("Origin", "http://[::1"))),
    ],
)
def test_anything_else_is_not(peer: str | None, headers: tuple[tuple[str, str], ...]) -> None:
    assert not Connection(peer, headers).is_local


@pytest.mark.parametrize(
    "name",
    ["X-Forwarded-For", "x-forwarded-host", "X-Forwarded-Proto", "Forwarded", "X-Real-IP", "Via", "CF-Connecting-IP"],
)
def test_what_a_proxy_passes_on_is_not_local_whatever_it_says(name: str) -> None:
    assert not Connection("127.0.0.1", (HOST, ORIGIN, (name, "127.0.0.1"))).is_local


def test_who_may() -> None:
    here, elsewhere = Connection("127.0.0.1", (HOST, ORIGIN)), Connection("10.0.0.2", (HOST, ORIGIN))
    roots = (Path("/srv/a"),)
    assert permit(Policy(SAME_COMPUTER), here) == Permit()
    assert permit(Policy(SAME_COMPUTER, roots), here) == Permit(roots=roots)
    assert "T2I_ALLOW_BUILD=1" in permit(Policy(SAME_COMPUTER, roots), elsewhere).refusal
    assert permit(Policy(EVERYBODY, roots), elsewhere) == permit(Policy(EVERYBODY, roots), here) == Permit(roots=roots)
    assert "T2I_ROOTS" in permit(Policy(EVERYBODY), elsewhere).refusal
    assert "T2I_ROOTS" in permit(Policy(EVERYBODY), here).refusal  # a proxy's visitors may look local
    assert "T2I_ALLOW_BUILD=0" in permit(Policy(NOBODY, roots), here).refusal


def test_below_the_roots_only_links_followed(tmp_path: Path) -> None:
    inside, outside, beside = tmp_path / "in", tmp_path / "out", tmp_path / "in side"
    for folder in (inside, outside, beside):
        folder.mkdir()
    (inside / "way out").symlink_to(outside)
    (outside / "way in").symlink_to(inside)
    (inside / "round").symlink_to(inside / "round")
    given = Permit(roots=(inside.resolve(),))
    for path in (inside, inside / "new" / "deep", outside / "way in" / "x", inside / "a" / ".." / "b"):
        given.check(path)
    for path in (outside, beside, tmp_path, inside / "way out", inside / "way out" / "new", inside / ".." / "out",
                 Path("/"), Path("relative"), Path("~nobody-of-this-name"), Path("a\0b")):  # fmt: skip
        with pytest.raises(NotAllowedError, match=r"must lie below .*in\. Got"):
            given.check(inside, path)


def test_without_roots_anywhere_and_with_a_refusal_nowhere(tmp_path: Path) -> None:
    Permit().check(tmp_path, None, Path("/"))
    with pytest.raises(NotAllowedError, match=r"^not you$"):
        Permit("not you").check()
    assert not Permit("not you").may_use(tmp_path)


def test_settings(tmp_path: Path) -> None:
    assert read_policy({}) == Policy(SAME_COMPUTER, ())
    (tmp_path / "link").symlink_to(tmp_path)
    told = read_policy({"T2I_ALLOW_BUILD": "1", "T2I_ROOTS": os.pathsep.join([str(tmp_path / "link"), "", "/"])})
    assert told == Policy(EVERYBODY, (tmp_path.resolve(), Path("/")))
    assert read_policy({"T2I_ALLOW_BUILD": "0"}).who == NOBODY
    for wrong in ({"T2I_ALLOW_BUILD": "yes"}, {"T2I_ROOTS": "relative"}, {"T2I_ROOTS": str(tmp_path / "gone")}):
        with pytest.raises(T2IError, match="must be"):
            read_policy(wrong)
    assert read_hosts({"T2I_HOSTS": "Photos.Example.org, ,nas."}) == {"photos.example.org", "nas"}


def test_a_setting_that_is_not_understood_allows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    from pages._ui.serving import permissions

    monkeypatch.setenv("T2I_ALLOW_BUILD", "true")
    assert "got 'true'" in permissions.current().refusal
