"""The application of `inkdigits form review`: the page in which people settle what is doubtful, and what it asks for."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from inkdigits.errors import InputError
from inkdigits.forms.decisions import LONGEST, ConflictError
from inkdigits.forms.reviewing import Item, Review
from inkdigits.image.load import load_pages
from inkdigits.server import shown, static
from inkdigits.server.admission import Admission
from inkdigits.server.guard import Guard, error

PAGE = Path(__file__).parent.parent / "review_page"
_MOST_BYTES = 64 * 1024  # of a request's body
_AHEAD = 8  # fields that a page may have in hand

_Id = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]{8,64}$")]
_Name = Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST)]
_Most = Annotated[int, msgspec.Meta(ge=1, le=100_000)]


class Next(msgspec.Struct, forbid_unknown_fields=True):
    """Asks for fields to decide. `session` is a page's own identifier: by it fields are given to one page only."""

    session: _Id
    which: Literal["doubtful", "sample", "sheets"]
    most: _Most = 100


class Decide(msgspec.Struct, forbid_unknown_fields=True):
    """A decision."""

    id: _Id
    item: _Id
    action: Literal["value", "empty", "unreadable", "skip", "not this form"]
    by: _Name
    value: Annotated[str, msgspec.Meta(max_length=LONGEST)] | None = None
    sampled: bool = False


class Undo(msgspec.Struct, forbid_unknown_fields=True):
    """Takes a decision back."""

    id: _Id
    decision: _Id
    by: _Name


class Release(msgspec.Struct, forbid_unknown_fields=True):
    """Gives back what a page has in hand."""

    session: _Id


_T = TypeVar("_T", Next, Decide, Undo, Release)


@dataclass(frozen=True)
class Service:
    """A review that is served: to whom, and what the first screen says of that.

    names    host names that the server is known by
    token    what everyone must show, if anything
    is_local whether only this machine reaches it
    """

    review: Review
    names: tuple[str, ...] = ()
    token: str | None = None
    is_local: bool = True


def create(service: Service) -> ASGIApp:
    """Return the application, guarded as that of `serve` is."""
    review = service.review
    picture = lru_cache(maxsize=32)(_sheet_picture)

    async def state(request: Request) -> Response:
        most = request.query_params.get("most", "100")
        size = int(most) if most.isascii() and most.isdigit() and 0 < len(most) < 7 else 100
        said = await asyncio.to_thread(review.state, size)
        folder = review.folder.path
        kept = {"folder": str(folder), "local": service.is_local, "token": service.token is not None}
        return JSONResponse(said | kept)

    async def take(request: Request) -> Response:
        asked = await _body(request, Next)
        items = await asyncio.to_thread(review.lease, asked.session, asked.which, _AHEAD, asked.most)
        return JSONResponse({"items": [_said(review, item) for item in items]})

    async def decide(request: Request) -> Response:
        one = await _body(request, Decide)
        call = lambda: review.decide(one.id, one.item, one.action, one.value, one.by, one.sampled)  # noqa: E731
        decision = await _or_refused(call)
        return JSONResponse({"decision": decision.id})

    async def undo(request: Request) -> Response:
        one = await _body(request, Undo)
        item = await _or_refused(lambda: review.undo(one.id, one.decision, one.by))
        return JSONResponse({"item": _said(review, item)})

    async def release(request: Request) -> Response:
        review.release((await _body(request, Release)).session)
        return JSONResponse({})

    async def sheet(request: Request) -> Response:
        item = await _or_refused(lambda: review.item(request.path_params["item"]))
        source, number = _page_of(item)
        url, width, height = await _or_refused(lambda: picture(source, number))
        polygon = None if item.cell is None else [[x / width, y / height] for x, y in item.cell["polygon"]]
        return JSONResponse({"picture": url, "polygon": polygon, "source": source, "page": number})

    routes = [
        Route("/review/state", state),
        Route("/review/next", take, methods=["POST"]),
        Route("/review/decide", decide, methods=["POST"]),
        Route("/review/undo", undo, methods=["POST"]),
        Route("/review/release", release, methods=["POST"]),
        Route("/review/sheet/{item:str}", sheet),
        *static.routes(PAGE),
        static.route("/style.css", static.WEB / "style.css"),
        static.route("/icon.svg", static.WEB / "icon.svg"),
    ]
    app: ASGIApp = Starlette(routes=routes, exception_handlers={HTTPException: _refused})
    if service.token is not None:
        app = Admission(app, service.token)
    return Guard(app, service.names)


def _said(review: Review, item: Item) -> dict[str, Any]:
    """Return what the page needs to show an item."""
    sheet = item.sheet
    about = {"id": item.id, "source": Path(sheet["source"]).name, "form": sheet["form"], "copy": sheet.get("copy")}
    if item.cell is None:
        return {**about, "key": "", "reason": sheet["error"], "page": sheet.get("number", 1)}
    cell = item.cell
    crop = review.folder.crop(sheet, cell)
    return {
        **about,
        **{name: cell[name] for name in ("key", "text", "reason", "confidence", "rivals", "signs", "status")},
        "isMark": isinstance(cell["best"], bool),
        "boxes": review.kinds.boxes(sheet["form"], cell["key"]),
        "crop": None if crop is None else "data:image/png;base64," + base64.b64encode(crop).decode("ascii"),
    }


def _page_of(item: Item) -> tuple[str, int]:
    """Return the document and its page, from 1, on which an item is."""
    if item.cell is None:
        return item.sheet["source"], int(item.sheet.get("number", 1))
    pages = {page["page"]: page["number"] for page in item.sheet["pages"]}
    return item.sheet["source"], int(pages.get(item.cell["page"], 1))


def _sheet_picture(source: str, number: int) -> tuple[str, int, int]:
    """Return a page as a data URL, and the width and height that polygons on it are in. Raises InputError."""
    picture = next(iter(load_pages(Path(source), number)))
    width, height = picture.size
    return shown.data_url(picture.pixels), width, height


_R = TypeVar("_R")


async def _or_refused(call: Callable[[], _R]) -> _R:
    """Return what a call gives, made in a thread. Raises HTTPException with the line of an InputError."""
    try:
        return await asyncio.to_thread(call)
    except ConflictError as caught:
        raise HTTPException(HTTPStatus.CONFLICT, str(caught)) from None
    except InputError as caught:
        raise HTTPException(HTTPStatus.UNPROCESSABLE_ENTITY, str(caught)) from None


async def _body(request: Request, kind: type[_T]) -> _T:
    """Return a request's body. Raises HTTPException for one that is too long, or is not what is asked for."""
    data = b""
    async for part in request.stream():
        data += part
        if len(data) > _MOST_BYTES:
            raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"a body has {_MOST_BYTES >> 10} kB at most")
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.DecodeError, RecursionError) as caught:
        raise HTTPException(HTTPStatus.UNPROCESSABLE_ENTITY, f"the body is not what is asked for: {caught}") from None


async def _refused(_: Request, caught: Exception) -> Response:
    assert isinstance(caught, HTTPException)
    return error(HTTPStatus(caught.status_code), caught.detail)
