"""Visits of the app in a browser: pages whose faults are noted, in contexts that remember nothing of who was there before.

A browser context costs as much to make as a page, and forgets what it compiled of Streamlit's scripts when it is closed. So contexts
are kept and used again. What a person leaves in one is taken out before the next comes: cookies, all that pages store,
permissions, and with its page the size, the colours, scripts that run first and everything else a page was given. Only what is
the same for everybody stays: files in the cache, which carry their content's hash in their name or are asked for again, and
what was compiled of them.
"""

from __future__ import annotations

from collections.abc import Iterator

from playwright.sync_api import Browser, BrowserContext, Page

# A busy machine is no failure: these are for an app that hangs, not for one that is slow.
DEFAULT_TIMEOUT_MS = 240_000
# Everything a page can store, in Chromium's words; its cache of files is not among them.
STORED = "cookies,file_systems,indexeddb,local_storage,websql,service_workers,cache_storage,storage_buckets"


class Visitors:
    """The contexts of one browser: the first visit of every test is in the first, the second in the second."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._contexts: list[BrowserContext] = []

    def page(self, number: int, home: str) -> Page:
        """A new page of the visitor of that number, who has never been at ``home`` before."""
        while len(self._contexts) <= number:
            context = self._browser.new_context(accept_downloads=True)
            context.set_default_timeout(DEFAULT_TIMEOUT_MS)
            self._contexts.append(context)
        context = self._contexts[number]
        page = context.new_page()
        session = context.new_cdp_session(page)
        session.send("Storage.clearDataForOrigin", {"origin": home, "storageTypes": STORED})
        session.detach()
        return page

    def forget(self) -> None:
        """Close all pages, and drop what is not of one origin: a page that closes may still write."""
        for context in self._contexts:
            for page in context.pages:
                page.close()
            context.clear_cookies()
            context.clear_permissions()

    def close(self) -> None:
        """Close all contexts."""
        for context in self._contexts:
            context.close()


class Opener:
    """The `Visit` of one test: opens pages, each as another person, and notes what is wrong with any of them."""

    def __init__(self, visitors: Visitors, home: str) -> None:
        self.sent: list[int] = []
        self.faults: list[str] = []
        self._visitors, self._home, self._opened = visitors, home, 0

    def __call__(
        self,
        path: str = "/",
        *,
        width: int = 1280,
        height: int = 900,
        dark: bool = False,
        before: str = "",
        home: str = "",
    ) -> Page:
        home = home or self._home
        page = self._visitors.page(self._opened, home)
        self._opened += 1
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme="dark" if dark else "light")
        if before:
            page.add_init_script(before)
        page.on("websocket", lambda socket: socket.on("framesent", lambda frame: self.sent.append(len(frame))))
        page.on("pageerror", lambda error: self.faults.append(f"script error: {error}"))
        page.on("request", lambda request: _note_foreign(request.url, home, self.faults))
        page.goto(home + path)
        return page


def visits(visitors: Visitors, home: str) -> Iterator[Opener]:
    """Lend a test its `Opener`, and fail it for faults of any page."""
    opener = Opener(visitors, home)
    yield opener
    visitors.forget()
    assert not opener.faults, opener.faults


def _note_foreign(url: str, home: str, faults: list[str]) -> None:
    """The app works offline: nothing may be asked of any other server."""
    if not url.startswith((home, home.replace("http", "ws"), "data:", "blob:")):
        faults.append(f"request to another server: {url}")
