"""A session of the running app over Streamlit's own protocol: what a browser sends and gets, without drawing it."""

from __future__ import annotations

import json
from collections import Counter
from types import TracebackType

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.BidiComponent_pb2 import BidiComponent
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.typing import Subprotocol


class AppSession:
    """One browser tab: connects, goes to pages, and asks by the query bar.

    Attributes
    ----------
    heard : Counter of str
        How many messages of each kind came; under ``"cacheable"`` those that the server may refer to later.
    pages : dict of str to str
        What Streamlit calls each page, by its address; Search's is empty.

    Parameters
    ----------
    url : str
        Where the app answers, ``http://127.0.0.1:8501``.
    """

    def __init__(self, url: str) -> None:
        self._address = url.replace("http", "ws", 1) + "/_stcore/stream"
        self._bar, self._label, self._link, self._page, self._shown = "", "", "", "", ""
        self.heard: Counter[str] = Counter()
        self.pages: dict[str, str] = {}

    async def __aenter__(self) -> AppSession:
        self._socket = await websockets.connect(
            self._address, max_size=None, subprotocols=[Subprotocol("streamlit")], ping_interval=None
        )
        await self._run(BackMsg())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._socket.close()

    async def search(self, text: str) -> list[str]:
        """Type a sentence, press Enter, and wait for its hits: the names of the pictures, closest first.

        Raises
        ------
        RuntimeError
            When the page shows an exception.
        """
        await self._send(self._report({"type": "search", "text": text}))
        hits: list[str] = []
        while not hits or f"Pictures for {text}," not in self._label:
            hits = await self._read()  # while the model loads the page has none; it is drawn again by itself
        return hits

    async def visit(self, address: str) -> None:
        """Go to a page, and wait until it is drawn."""
        wanted = self._page = self.pages[address]
        await self._send(BackMsg())
        self._shown = ""
        while self._shown != wanted:
            await self._read()

    def _report(self, event: object) -> BackMsg:
        message = BackMsg()
        state = message.rerun_script.widget_states.widgets.add()
        state.id = f"$$STREAMLIT_INTERNAL_KEY_{self._bar}__events"
        state.json_trigger_value = json.dumps([{"event": "event", "value": event}])
        return message

    async def _run(self, message: BackMsg) -> list[str]:
        """Run the page once; the scored pictures it shows."""
        await self._send(message)
        return await self._read()

    async def _send(self, message: BackMsg) -> None:
        message.rerun_script.query_string, message.rerun_script.page_script_hash = self._link, self._page
        await self._socket.send(message.SerializeToString())

    async def _read(self) -> list[str]:
        """Everything up to the end of a run: one that was asked for, or one of the server's own."""
        hits: list[str] = []
        while True:
            answer = ForwardMsg()
            answer.ParseFromString(await self._socket.recv())
            kind = answer.WhichOneof("type")
            self.heard[kind or ""] += 1
            self.heard["cacheable"] += answer.metadata.cacheable
            if kind == "script_finished" and answer.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
                return hits
            if kind == "navigation":
                self._shown = self._page = (
                    answer.navigation.page_script_hash
                )  # what a browser takes for its page, and events need
                self.pages = {
                    "" if one.is_default else one.url_pathname: one.page_script_hash
                    for one in answer.navigation.app_pages
                }
            if kind == "page_info_changed":
                self._link = answer.page_info_changed.query_string
            if kind == "delta":
                element = answer.delta.new_element
                if element.WhichOneof("type") == "exception":
                    raise RuntimeError(element.exception.message)
                if element.WhichOneof("type") == "bidi_component":
                    hits = self._note(element.bidi_component) or hits

    def _note(self, component: BidiComponent) -> list[str]:
        if component.component_name.endswith("t2i_query_bar"):
            self._bar = component.id
        if not component.component_name.endswith("t2i_picture_grid"):
            return []
        given = json.loads(component.json)
        self._label = given["label"]
        return [picture["id"] for picture in given["pictures"] if picture.get("score") is not None]
