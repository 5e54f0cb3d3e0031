"""Every refusal in the same form: a status, and one line that says why and what would do."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from inkdigits.errors import one_line
from inkdigits.server.contract import ClassifyOptions, ReadOptions
from inkdigits.server.guard import error
from inkdigits.server.limits import RefusalError


def add(app: FastAPI) -> None:
    """Have every refusal answered so."""

    @app.exception_handler(RefusalError)
    async def refused(_: Request, refusal: RefusalError) -> Response:
        return error(refusal.status, refusal.reason)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, invalid: RequestValidationError) -> Response:
        first = invalid.errors()[0]
        place = ".".join(str(part) for part in first["loc"][1:])
        unknown = first["type"] == "extra_forbidden"
        form = ReadOptions if request.url.path == "/read" else ClassifyOptions
        what = f"is no option; there are {form.names()}" if unknown else first["msg"]
        return error(HTTPStatus.UNPROCESSABLE_ENTITY, one_line(f"{place}: {what}"))

    @app.exception_handler(HTTPException)
    async def other(request: Request, other: HTTPException) -> Response:
        headers = {name.lower(): value for name, value in (other.headers or {}).items()}
        if "GET" in (allowed := headers.get("allow", "another method")) and "HEAD" not in allowed:
            allowed = headers["allow"] = f"{allowed}, HEAD"  # the guard makes a GET of it
        place = one_line(request.url.path, 80)
        reasons = {
            404: f"nothing is at {place}; /docs says what there is",
            405: f"{request.method} is not for {place}; use {allowed}",
        }
        response = error(HTTPStatus(other.status_code), reasons.get(other.status_code, other.detail))
        response.headers.update(headers)
        return response

    @app.exception_handler(ClientDisconnect)
    async def gone(_: Request, __: ClientDisconnect) -> Response:
        return error(HTTPStatus.BAD_REQUEST, "the client has gone")  # which is not sent
