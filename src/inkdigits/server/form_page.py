"""What the pages of `form review` and `form edit` share: who reaches them, their files, and how requests are refused."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import TypeVar

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from inkdigits.errors import InputError
from inkdigits.forms.decisions import ConflictError
from inkdigits.forms.editing import ChangedError
from inkdigits.server import static
from inkdigits.server.admission import Admission
from inkdigits.server.guard import Guard, error

SHARED = Path(__file__).parent.parent / "form_page"

_T = TypeVar("_T", bound=msgspec.Struct)
_R = TypeVar("_R")


@dataclass(frozen=True)
class Reach:
    """Who can reach a page.

    names    host names that the server is known by
    token    what everyone must show, if anything
    is_local whether only this machine reaches it
    """

    names: tuple[str, ...] = ()
    token: str | None = None
    is_local: bool = True


def application(routes: Sequence[Route], page: Path, reach: Reach) -> ASGIApp:
    """Return an application of these routes and the files of a page's folder, guarded as that of `serve` is."""
    files = [
        *static.routes(page),
        *static.routes(SHARED, "/form_page"),
        static.route("/style.css", static.WEB / "style.css"),
        static.route("/icon.svg", static.WEB / "icon.svg"),
    ]
    app: ASGIApp = Starlette(routes=[*routes, *files], exception_handlers={HTTPException: _refused})
    if reach.token is not None:
        app = Admission(app, reach.token)
    return Guard(app, reach.names)


async def body(request: Request, kind: type[_T], most: int) -> _T:
    """Return a request's body. Raises HTTPException for one of more than `most` bytes, or that is not what is asked for."""
    data = b""
    async for part in request.stream():
        data += part
        if len(data) > most:
            raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"a body has {most >> 10:,} kB at most")
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.DecodeError, RecursionError) as caught:
        raise HTTPException(HTTPStatus.UNPROCESSABLE_ENTITY, f"the body is not what is asked for: {caught}") from None


async def or_refused(call: Callable[[], _R]) -> _R:
    """Return what a call gives, made in a thread. Raises HTTPException with the line of an InputError."""
    try:
        return await asyncio.to_thread(call)
    except (ConflictError, ChangedError) as caught:
        raise HTTPException(HTTPStatus.CONFLICT, str(caught)) from None
    except InputError as caught:
        raise HTTPException(HTTPStatus.UNPROCESSABLE_ENTITY, str(caught)) from None


async def _refused(_: Request, caught: Exception) -> Response:
    assert isinstance(caught, HTTPException)
    return error(HTTPStatus(caught.status_code), caught.detail)
