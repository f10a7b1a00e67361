"""A session of the running app over Streamlit's own protocol: what a browser sends and gets, without drawing it."""

from __future__ import annotations

import asyncio
from urllib.parse import urlencode

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

LONGEST_ANSWER = 60.0


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
    found = False
    async with asyncio.timeout(LONGEST_ANSWER):
        while True:
            answer = ForwardMsg()
            answer.ParseFromString(await socket.recv())
            if answer.WhichOneof("type") == "delta":
                if answer.delta.new_element.WhichOneof("type") == "exception":
                    raise RuntimeError(answer.delta.new_element.exception.message)
                found |= text.encode() in answer.SerializeToString() and b'"score"' in answer.SerializeToString()
            if answer.WhichOneof("type") == "script_finished":
                return found
