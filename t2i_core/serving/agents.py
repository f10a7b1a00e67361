"""The tools over MCP, by its official SDK: the only file that imports it."""

from __future__ import annotations

import base64
import json
from functools import partial
from typing import TYPE_CHECKING, Any

from t2i_core import __version__
from t2i_core.errors import ExtraMissingError, T2IError
from t2i_core.serving.guard import Guard
from t2i_core.serving.limits import Limits
from t2i_core.serving.tools import Reply, Toolbox

if TYPE_CHECKING:
    from mcp.server import Server
    from mcp_types import CallToolResult

INSTALL = "python -m pip install mcp==2.3.0"
PATH = "/mcp"
INSTRUCTIONS = (
    "Pictures of local datasets, found by describing them. Begin with search_pictures, look at what it found with view_pictures, "
    "and say how sure you are: a search always finds something."
)


def check_installed() -> None:
    """ExtraMissingError, with the install line, where the SDK is not installed."""
    try:
        import mcp  # noqa: F401
    except ImportError as error:
        raise ExtraMissingError(
            f"Answering agents needs the package mcp, which is not installed. Install it: {INSTALL}"
        ) from error


def make_server(toolbox: Toolbox) -> Server[Any]:
    """An MCP server over the tools."""
    check_installed()
    import anyio.to_thread
    import mcp_types as types
    from mcp.server import Server

    hints = types.ToolAnnotations(
        read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
    )
    listed = types.ListToolsResult(
        tools=[
            types.Tool(
                name=tool.name, title=tool.title, description=tool.told, input_schema=tool.takes,
                output_schema=tool.answers, annotations=hints,
            )
            for tool in toolbox.tools.values()
        ]
    )  # fmt: skip

    async def list_tools(_context: Any, _params: Any) -> types.ListToolsResult:
        return listed

    async def call_tool(_context: Any, params: types.CallToolRequestParams) -> types.CallToolResult:
        try:
            reply = await anyio.to_thread.run_sync(partial(toolbox.call, params.name, params.arguments or {}))
        except T2IError as error:
            return types.CallToolResult(content=[types.TextContent(text=str(error))], is_error=True)
        return _result(reply)

    return Server(
        "t2i", version=__version__, instructions=INSTRUCTIONS, on_list_tools=list_tools, on_call_tool=call_tool
    )


def _result(reply: Reply) -> CallToolResult:
    """The record twice, as clients without output schemas read the text, and the picture."""
    import mcp_types as types

    content: list[types.ContentBlock] = [types.TextContent(text=json.dumps(reply.record, ensure_ascii=False))]
    if reply.picture is not None:
        data = base64.b64encode(reply.picture).decode()
        content.append(types.ImageContent(data=data, mime_type="image/jpeg"))
    return types.CallToolResult(content=content, structured_content=reply.record)


async def serve_stdio(server: Server[Any]) -> None:
    """Answer on standard input and output until they end."""
    from mcp.server.stdio import stdio_server

    async with stdio_server() as (reading, writing):
        await server.run(reading, writing, server.create_initialization_options())


def make_http_app(server: Server[Any], *, limits: Limits, token: str = "") -> Guard:
    """An ASGI app that answers at ``/mcp`` (streamable HTTP, without sessions); see `t2i_core.serving.guard` for who may ask."""
    app = server.streamable_http_app(
        streamable_http_path=PATH, json_response=True, stateless_http=True, max_request_body_size=limits.body_bytes,
        host="",  # the guard compares Host and Origin, or demands the token
    )  # fmt: skip
    return Guard(app, limits=limits, token=token)
