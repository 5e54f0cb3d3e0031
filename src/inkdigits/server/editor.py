"""The application of `inkdigits form edit`: the page in which the fields of a template are edited on its blank."""

from __future__ import annotations

import asyncio
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from inkdigits.forms import editing, loading
from inkdigits.forms.editing import Editing
from inkdigits.server import form_page, shown
from inkdigits.server.form_page import Reach, body, or_refused

PAGE = Path(__file__).parent.parent / "edit_page"
_MOST_BYTES = loading.MOST_BYTES  # of a request's body


class Check(msgspec.Struct, forbid_unknown_fields=True):
    """Asks what is wrong with a template, and where its cells are."""

    template: dict[str, Any]


class Save(msgspec.Struct, forbid_unknown_fields=True):
    """A template to be saved, and the version of the file that it was made of."""

    template: dict[str, Any]
    version: Annotated[str, msgspec.Meta(max_length=64)]


@dataclass(frozen=True)
class Service:
    """A template that is edited, and who can reach its page."""

    editing: Editing
    reach: Reach


def create(service: Service) -> ASGIApp:
    """Return the application, guarded as that of `serve` is."""
    own = service.editing

    @lru_cache(maxsize=8)
    def drawn(page: int) -> str:
        return shown.data_url(own.picture(page))

    async def state(_: Request) -> Response:
        said = await or_refused(own.state)
        about = {"file": str(own.path), "old": own.old.name, "local": service.reach.is_local}
        return JSONResponse(said | about)

    async def picture(request: Request) -> Response:
        return JSONResponse({"picture": await or_refused(lambda: drawn(request.path_params["page"] - 1))})

    async def check(request: Request) -> Response:
        asked = await body(request, Check, _MOST_BYTES)
        problem, cells = await asyncio.to_thread(lambda: (own.problem(asked.template), editing.cells(asked.template)))
        return JSONResponse({"problem": None if problem is None else asdict(problem), "cells": cells})

    async def save(request: Request) -> Response:
        asked = await body(request, Save, _MOST_BYTES)
        return JSONResponse({"version": await or_refused(lambda: own.save(asked.template, asked.version))})

    routes = [
        Route("/edit/state", state),
        Route("/edit/picture/{page:int}", picture),
        Route("/edit/check", check, methods=["POST"]),
        Route("/edit/save", save, methods=["POST"]),
    ]
    return form_page.application(routes, PAGE, service.reach)
