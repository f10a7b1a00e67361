"""A session of the running app over Streamlit's own protocol: what a browser sends and gets, without drawing it."""

from __future__ import annotations

import asyncio
import json
from urllib.parse import urlencode

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

LONGEST_ANSWER = 60.0
GRID = "t2i_picture_grid"


def connect(port: int) -> websockets.connect:
    return websockets.connect(
        f"ws://127.0.0.1:{port}/_stcore/stream", max_size=None, subprotocols=["streamlit"], ping_interval=None
    )


async def ask(socket: websockets.ClientConnection, text: str) -> bool:
    """Open the link of a search, as a browser does that follows it; whether hits came back.

    Raises
    ------
    RuntimeError
        When the script failed.
    """
    message = BackMsg()
    message.rerun_script.query_string = urlencode({"q": text})
    await socket.send(message.SerializeToString())
    hits = False
    async with asyncio.timeout(LONGEST_ANSWER):
        while True:
            answer = ForwardMsg()
            answer.ParseFromString(await socket.recv())
            if answer.WhichOneof("type") == "delta":
                if answer.delta.new_element.WhichOneof("type") == "exception":
                    raise RuntimeError(answer.delta.new_element.exception.message)
                hits |= _shows_hits(answer.delta.new_element, text)
            if answer.WhichOneof("type") == "script_finished":
                return hits


def _shows_hits(element: Element, text: str) -> bool:
    """Whether an element is the app's grid of pictures with hits for this query."""
    if element.WhichOneof("type") != "bidi_component" or element.bidi_component.component_name != GRID:
        return False
    given = json.loads(element.bidi_component.json)
    return f" {text}," in given["label"] and any(picture["score"] is not None for picture in given["pictures"])
