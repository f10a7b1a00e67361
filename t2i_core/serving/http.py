"""The HTTP server: addresses, what they ask, and errors as one clear message each."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from t2i_core.arrays import MAX_TOP_K
from t2i_core.cores import usable_cores
from t2i_core.errors import ImageError, QueryError, T2IError
from t2i_core.query import SearchRequest, request_from_link
from t2i_core.query.request import DEFAULT_TOP_K
from t2i_core.query.subjects import is_utf8
from t2i_core.serving.answers import THUMBNAIL_SIDE, Answers, UnknownPicture
from t2i_core.serving.guard import Guard
from t2i_core.serving.limits import Limits
from t2i_core.serving.openapi import openapi

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

Result = TypeVar("Result")
PICTURES_KEPT = "private, max-age=3600"


class TooLarge(T2IError):
    """A request is longer than the server reads."""


class TooBusy(T2IError):
    """An answer would take longer than the server waits, or too many wait already."""


STATUS: tuple[tuple[type[Exception], int, str], ...] = (
    (UnknownPicture, 404, "unknown_picture"),
    (ImageError, 404, "unusable_picture"),
    (QueryError, 400, "bad_request"),
    (TooLarge, 413, "too_large"),
    (TooBusy, 503, "busy"),
    (T2IError, 422, "not_answerable"),
)


def make_app(answers: Answers, *, limits: Limits | None = None, token: str = "") -> Guard:
    """An ASGI app that answers for one dataset; uvicorn serves it.

    Parameters
    ----------
    answers : Answers
    limits : Limits, optional
    token : str
        See `t2i_core.serving.limits.read_token`.
    """
    from starlette.applications import Starlette
    from starlette.routing import Route

    limits = limits or Limits()
    server = _Server(answers, limits)
    routes = [
        Route("/health", server.health),
        Route("/v1", server.about),
        Route("/v1/openapi.json", server.openapi),
        Route("/v1/search", server.search, methods=["GET", "POST"]),
        Route("/v1/captions", server.captions),
        Route("/v1/evaluate", server.evaluate),
        Route("/v1/pictures/{image_id:path}", server.picture),
        Route("/v1/thumbnails/{image_id:path}", server.thumbnail),
    ]
    app = Starlette(
        routes=routes,
        exception_handlers={404: _no_address, 405: _no_method, T2IError: _told, Exception: _unexpected},
    )
    return Guard(app, limits=limits, token=token)


class _Server:
    """The endpoints. Work runs in a few threads; what takes too long is answered with 503 and ends behind it."""

    def __init__(self, answers: Answers, limits: Limits) -> None:
        self._answers, self._limits = answers, limits
        # More threads than cores only take turns, and each answer then waits for all.
        self._threads = ThreadPoolExecutor(max(2, usable_cores()), thread_name_prefix="serve")
        self._openapi: dict[str, Any] | None = None
        self._waiting = 0

    async def health(self, _request: Request) -> Response:
        return _json({"status": "ready"})

    async def openapi(self, _request: Request) -> Response:
        if self._openapi is None:
            self._openapi = await self._work(self._described)
        return _json(self._openapi)

    async def about(self, _request: Request) -> Response:
        return _json(self._answers.about())

    async def search(self, request: Request) -> Response:
        if request.method == "POST":
            asked = SearchRequest.from_record(self._fitted(_parsed(await self._body(request))))
        else:
            params = dict(request.query_params)
            if "k" in params:
                _whole_number(params["k"], "k")
            else:
                params["k"] = str(min(DEFAULT_TOP_K, len(self._answers.dataset)))
            linked = request_from_link(params)
            if linked is None:
                raise QueryError("A search needs a question, got none. Ask with q=a+dog, like=PICTURE or terms=QUERY.")
            asked = linked
        return _json(await self._work(partial(self._answers.search, asked)))

    async def captions(self, request: Request) -> Response:
        params = request.query_params
        top_k = _whole_number(params.get("k", str(DEFAULT_TOP_K)), "k")
        return _json(
            await self._work(
                partial(
                    self._answers.captions, words=params.get("q", ""), picture=params.get("picture", ""), top_k=top_k
                )
            )
        )

    async def evaluate(self, _request: Request) -> Response:
        # Shielded: all who ask wait for one count, which goes on when one of them waited long enough.
        return _json(await self._in_time(asyncio.shield(asyncio.wrap_future(self._answers.evaluate()))))

    async def picture(self, request: Request) -> Response:
        from starlette.responses import FileResponse, Response

        found, kind = await self._work(partial(self._answers.picture, request.path_params["image_id"]))
        headers = {"cache-control": PICTURES_KEPT}
        if isinstance(found, bytes):
            return Response(found, media_type=kind, headers=headers)
        return FileResponse(found, media_type=kind, headers=headers)

    async def thumbnail(self, request: Request) -> Response:
        from starlette.responses import Response

        side = _whole_number(request.query_params.get("side", str(THUMBNAIL_SIDE)), "side", most=10_000)
        made = await self._work(partial(self._answers.thumbnail, request.path_params["image_id"], side=side))
        return Response(made, media_type="image/jpeg", headers={"cache-control": PICTURES_KEPT})

    def _described(self) -> dict[str, Any]:
        about = self._answers.about()
        return openapi(images=about["images"], fields=about["conditions"])

    def _fitted(self, record: Any) -> Any:
        """A request that says no top_k asks for as many as usual, or all where there are fewer."""
        if isinstance(record, dict) and "top_k" not in record:
            return {**record, "top_k": min(DEFAULT_TOP_K, len(self._answers.dataset))}
        return record

    async def _body(self, request: Request) -> bytes:
        most = self._limits.body_bytes
        parts, length = [], 0
        async for part in request.stream():
            parts.append(part)
            length += len(part)
            if length > most:
                raise TooLarge(f"A request may have at most {most:,} bytes, got more. Ask for fewer things at once.")
        return b"".join(parts)

    async def _work(self, work: Callable[[], Result]) -> Result:
        if self._waiting >= self._limits.waiting:
            raise TooBusy(f"At most {self._limits.waiting} requests wait here, got another. Ask again in a moment.")
        self._waiting += 1
        try:
            return await self._in_time(asyncio.wrap_future(self._threads.submit(work)))
        finally:
            self._waiting -= 1

    async def _in_time(self, work: Awaitable[Result]) -> Result:
        try:
            # What still waits for a thread is taken back; what runs in one cannot be.
            return await asyncio.wait_for(work, self._limits.seconds)
        except TimeoutError as error:
            raise TooBusy(
                f"An answer may take {self._limits.seconds:g} s, and this one takes longer. Ask again in a while."
            ) from error


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise QueryError(f"A request is a JSON object, and this cannot be read ({error}). Check its syntax.") from error


def _whole_number(text: str, name: str, *, most: int = MAX_TOP_K) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10 and 1 <= int(text) <= most):
        raise QueryError(f"{name} must be a whole number in 1..{most}, got {text!r:.40}.")
    return int(text)


def _json(record: Any, *, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    from starlette.responses import Response

    text = json.dumps(record, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    if not is_utf8(text):  # a picture's name may hold what UTF-8 cannot
        text = json.dumps(record, allow_nan=False, separators=(",", ":"))
    return Response(
        text, status, media_type="application/json", headers={"cache-control": "no-store"} | (headers or {})
    )


def _error(status: int, code: str, message: str, headers: dict[str, str] | None = None) -> Response:
    return _json({"error": {"code": code, "message": message}}, status=status, headers=headers)


async def _told(_request: Request, error: Exception) -> Response:
    status, code = next((status, code) for kind, status, code in STATUS if isinstance(error, kind))
    return _error(status, code, str(error), {"retry-after": "5"} if status == 503 else None)


async def _no_address(request: Request, _error_: Exception) -> Response:
    return _error(
        404, "unknown_address", f"There is nothing at {request.url.path[:200]!r}. /v1/openapi.json tells what there is."
    )


async def _no_method(request: Request, error: Exception) -> Response:
    headers = dict(getattr(error, "headers", None) or {})
    told = f"{request.url.path} is not asked with {request.method[:20]}, only with {headers.get('Allow', 'GET')}."
    return _error(405, "method_not_allowed", told, headers)


async def _unexpected(_request: Request, _error_: Exception) -> Response:
    return _error(500, "internal_error", "Something went wrong here that should not; the server's log has it.")
