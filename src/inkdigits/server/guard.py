"""Who is let in, before anything of a request is looked at; and the headers that every answer bears."""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Iterable
from functools import lru_cache
from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_SECURITY = {
    # Nothing from elsewhere, no inline script or style, no frame around it.
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
    "media-src 'self' blob:; connect-src 'self'; font-src 'self'; manifest-src 'self'; worker-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(self), clipboard-write=(self), geolocation=(), microphone=(), payment=(), usb=()",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cache-control": "no-store",
}
# Each is added unless an answer has its own.
_HEADERS = [(name.encode(), value.encode()) for name, value in _SECURITY.items()]
_HOST = re.compile(r"(\[[0-9a-fA-F:.]+\]|[^\s:\[\]]+)(?::\d{1,5})?")


def error(status: HTTPStatus, reason: str, source: str | None = None) -> Response:
    """Return the answer to a request that is refused."""
    headers = {}
    if status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE):
        headers["retry-after"] = "1"
    if status == HTTPStatus.UNAUTHORIZED:
        headers["www-authenticate"] = "Bearer"
    body = {"error": reason} if source is None else {"source": source, "error": reason}
    return Response(json.dumps(body), status, headers, "application/json")


class Guard:
    """Stands before an application: refuses who must not come in, and adds the headers of security.

    `names` are the host names that this server is known by, `origins` the other sites whose pages may ask it, as
    `scheme://host:port`, or `*` for all. A HEAD request is answered as its GET, without the body.
    """

    def __init__(self, app: ASGIApp, names: Iterable[str], origins: Iterable[str] = ()) -> None:
        self._app = app
        self._names = frozenset({"localhost", *(name.lower() for name in names)})
        self._origins = frozenset(origins)
        self._is_ours = lru_cache(maxsize=64)(self._knows)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or have the application answer it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        is_head = scope["method"] == "HEAD"

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = message.get("headers", ())
                names = {name for name, _ in given}
                message["headers"] = [*given, *(header for header in _HEADERS if header[0] not in names)]
            elif is_head:
                message = {**message, "body": b""}
            await send(message)

        refusal = self._refusal(scope)
        await (refusal or self._app)({**scope, "method": "GET"} if is_head else scope, receive, guarded)

    def _refusal(self, scope: Scope) -> Response | None:
        """Return what a request gets that does not reach the application; None for one that does."""
        headers = Headers(scope=scope)
        if len(headers.getlist("host")) > 1:
            return error(HTTPStatus.BAD_REQUEST, "there are two Host headers")
        host = headers.get("host", "")
        if not self._is_ours(host):
            # A page of another site whose name was made to lead here (DNS rebinding) betrays itself by that name.
            return error(HTTPStatus.BAD_REQUEST, "this server does not go by that host name; see --allow-host")
        if scope["method"] not in ("GET", "HEAD") and self._is_foreign(headers, host):
            return error(HTTPStatus.FORBIDDEN, "pages of other sites may not ask this server; see --allow-origin")
        return None

    def _is_foreign(self, headers: Headers, host: str) -> bool:
        """Tell whether a browser sends this for a page of a site that may not ask. (No browser, no such headers.)"""
        origin = headers.get("origin")
        if origin is not None and ("*" in self._origins or origin in self._origins):
            return False
        if headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
            return True
        return origin is not None and origin.partition("://")[2].lower() != host.lower()

    def _knows(self, host: str) -> bool:
        match = _HOST.fullmatch(host)
        if match is None:
            return False
        name = match[1].lower().rstrip(".")
        if name in self._names:
            return True
        try:
            ipaddress.ip_address(name.strip("[]"))
        except ValueError:
            return False
        return True  # no name that could be made to lead here
