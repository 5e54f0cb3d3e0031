"""Who is let in, before anything of a request is looked at; and the headers that every answer bears."""

from __future__ import annotations

import hmac
import ipaddress
import json
import re
from collections.abc import Iterable
from functools import lru_cache
from http import HTTPStatus
from urllib.parse import parse_qs

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

COOKIE = "__Host-inkdigits"
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
}
_HEADERS = [(name.encode(), value.encode()) for name, value in _SECURITY.items()]
_NO_STORE = (b"cache-control", b"no-store")
_HOST = re.compile(r"(\[[0-9a-fA-F:.]+\]|[^\s:\[\]]+)(?::\d{1,5})?")
# After this the cookie holds the token, and the address bar no longer.
_WELCOME = (
    b'<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0;url=/"><a href="/">Inkdigits</a>\n'
)


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

    `names` are the host names that this server is known by. With a `token`, whoever does not show it gets nothing.
    """

    def __init__(self, app: ASGIApp, names: Iterable[str], token: str | None) -> None:
        self._app = app
        self._names = frozenset({"localhost", *(name.lower() for name in names)})
        self._token = token
        self._is_ours = lru_cache(maxsize=64)(self._knows)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or have the application answer it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = message["headers"] = [*message.get("headers", ()), *_HEADERS]
                if not any(name == b"cache-control" for name, _ in headers):
                    headers.append(_NO_STORE)
            await send(message)

        await (self._refusal(scope) or self._app)(scope, receive, guarded)

    def _refusal(self, scope: Scope) -> Response | None:
        """Return what a request gets that does not reach the application; None for one that does."""
        headers: dict[bytes, bytes] = {}
        for name, value in scope["headers"]:
            if name == b"host" and name in headers:
                return error(HTTPStatus.BAD_REQUEST, "there are two Host headers")
            headers[name] = headers[name] + b"; " + value if name == b"cookie" and name in headers else value
        host = headers.get(b"host", b"")
        if not self._is_ours(host):
            # A page of another site whose name was made to lead here (DNS rebinding) betrays itself by that name.
            return error(HTTPStatus.BAD_REQUEST, "this server does not go by that host name; see --allow-host")
        if scope["method"] not in ("GET", "HEAD") and _is_foreign(headers, host):
            return error(HTTPStatus.FORBIDDEN, "pages of other sites may not ask this server")
        return None if self._token is None else self._admission(scope, headers, self._token.encode())

    def _admission(self, scope: Scope, headers: dict[bytes, bytes], token: bytes) -> Response | None:
        shown = [headers.get(b"authorization", b"").removeprefix(b"Bearer ")]
        cookies = (part.strip().partition(b"=") for part in headers.get(b"cookie", b"").split(b";"))
        shown += [value for name, _, value in cookies if name == COOKIE.encode()]
        if any(hmac.compare_digest(one, token) for one in shown):
            return None
        asked = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[0].encode()
        if scope["path"] == "/" and scope["method"] == "GET" and hmac.compare_digest(asked, token):
            # The page is opened from a page of ours: a Strict cookie goes along even where the link was in a mail.
            welcome = Response(_WELCOME, media_type="text/html")
            welcome.set_cookie(COOKIE, token.decode(), path="/", secure=True, httponly=True, samesite="strict")
            return welcome
        return error(
            HTTPStatus.UNAUTHORIZED, "open the address that inkdigits serve --phone has printed: it holds a token"
        )

    def _knows(self, host: bytes) -> bool:
        match = _HOST.fullmatch(host.decode("latin-1"))
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


def _is_foreign(headers: dict[bytes, bytes], host: bytes) -> bool:
    """Tell whether a browser sends this for a page of another site. (What is no browser says nothing of the kind.)"""
    if headers.get(b"sec-fetch-site", b"none") not in (b"same-origin", b"none"):
        return True
    origin = headers.get(b"origin")
    return origin is not None and origin.partition(b"://")[2].lower() != host.lower()
