"""The application of `inkdigits form review`: the page in which people settle what is doubtful, and what it asks for."""

from __future__ import annotations

import asyncio
import base64
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from inkdigits.forms.decisions import LONGEST
from inkdigits.forms.reviewing import Item, Review
from inkdigits.image.load import load_pages
from inkdigits.server import form_page, shown
from inkdigits.server.form_page import Reach, body, or_refused

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


@dataclass(frozen=True)
class Service:
    """A review that is served, and who can reach it, which the first screen says."""

    review: Review
    reach: Reach


def create(service: Service) -> ASGIApp:
    """Return the application, guarded as that of `serve` is."""
    review = service.review
    picture = lru_cache(maxsize=32)(_sheet_picture)

    async def state(request: Request) -> Response:
        most = request.query_params.get("most", "100")
        size = int(most) if most.isascii() and most.isdigit() and 0 < len(most) < 7 else 100
        said = await asyncio.to_thread(review.state, size)
        folder = review.folder.path
        kept = {"folder": str(folder), "local": service.reach.is_local, "token": service.reach.token is not None}
        return JSONResponse(said | kept)

    async def take(request: Request) -> Response:
        asked = await body(request, Next, _MOST_BYTES)
        items = await asyncio.to_thread(review.lease, asked.session, asked.which, _AHEAD, asked.most)
        return JSONResponse({"items": [_said(review, item) for item in items]})

    async def decide(request: Request) -> Response:
        one = await body(request, Decide, _MOST_BYTES)
        call = lambda: review.decide(one.id, one.item, one.action, one.value, one.by, one.sampled)  # noqa: E731
        decision = await or_refused(call)
        return JSONResponse({"decision": decision.id})

    async def undo(request: Request) -> Response:
        one = await body(request, Undo, _MOST_BYTES)
        item = await or_refused(lambda: review.undo(one.id, one.decision, one.by))
        return JSONResponse({"item": _said(review, item)})

    async def release(request: Request) -> Response:
        review.release((await body(request, Release, _MOST_BYTES)).session)
        return JSONResponse({})

    async def sheet(request: Request) -> Response:
        item = await or_refused(lambda: review.item(request.path_params["item"]))
        source, number = _page_of(item)
        url, width, height = await or_refused(lambda: picture(source, number))
        polygon = None if item.cell is None else [[x / width, y / height] for x, y in item.cell["polygon"]]
        return JSONResponse({"picture": url, "polygon": polygon, "source": source, "page": number})

    routes = [
        Route("/review/state", state),
        Route("/review/next", take, methods=["POST"]),
        Route("/review/decide", decide, methods=["POST"]),
        Route("/review/undo", undo, methods=["POST"]),
        Route("/review/release", release, methods=["POST"]),
        Route("/review/sheet/{item:str}", sheet),
    ]
    return form_page.application(routes, PAGE, service.reach)


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
