"""A session of the running app over Streamlit's own protocol: what a browser sends and gets, without drawing it."""

from __future__ import annotations

import asyncio
import json
from types import TracebackType

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

LOOK_AGAIN_SECONDS = 0.25  # as the page itself does while its model loads


class AppSession:
    """One browser tab: connects, and asks by the query bar.

    Parameters
    ----------
    url : str
        Where the app answers, ``http://127.0.0.1:8501``.
    """

    def __init__(self, url: str) -> None:
        self._address = url.replace("http", "ws", 1) + "/_stcore/stream"
        self._bar, self._label, self._link, self._page = "", "", "", ""

    async def __aenter__(self) -> AppSession:
        self._socket = await websockets.connect(
            self._address, max_size=None, subprotocols=["streamlit"], ping_interval=None
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
        event = {"type": "search", "text": text}
        hits = await self._run(self._report(event))
        while not hits:  # the model is loading
            await asyncio.sleep(LOOK_AGAIN_SECONDS)
            hits = await self._run(BackMsg())
        if f"Pictures for {text}," not in self._label:
            raise RuntimeError(f"asked for {text!r}, got {self._label!r}")
        return hits

    def _report(self, event: object) -> BackMsg:
        message = BackMsg()
        state = message.rerun_script.widget_states.widgets.add()
        state.id = f"$$STREAMLIT_INTERNAL_KEY_{self._bar}__events"
        state.json_trigger_value = json.dumps([{"event": "event", "value": event}])
        return message

    async def _run(self, message: BackMsg) -> list[str]:
        """Run the page once; the scored pictures it shows."""
        message.rerun_script.query_string, message.rerun_script.page_script_hash = self._link, self._page
        await self._socket.send(message.SerializeToString())
        hits: list[str] = []
        while True:
            answer = ForwardMsg()
            answer.ParseFromString(await self._socket.recv())
            kind = answer.WhichOneof("type")
            if kind == "script_finished" and answer.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
                return hits
            if kind == "navigation":
                self._page = answer.navigation.page_script_hash  # what a browser takes for its page, and events need
            if kind == "page_info_changed":
                self._link = answer.page_info_changed.query_string
            if kind == "delta":
                element = answer.delta.new_element
                if element.WhichOneof("type") == "exception":
                    raise RuntimeError(element.exception.message)
                if element.WhichOneof("type") == "bidi_component":
                    hits = self._note(element.bidi_component) or hits

    def _note(self, component: object) -> list[str]:
        if component.component_name.endswith("t2i_query_bar"):  # type: ignore[attr-defined]
            self._bar = component.id  # type: ignore[attr-defined]
        if not component.component_name.endswith("t2i_picture_grid"):  # type: ignore[attr-defined]
            return []
        given = json.loads(component.json)  # type: ignore[attr-defined]
        self._label = given["label"]
        return [picture["id"] for picture in given["pictures"] if picture.get("score") is not None]
