"""Who shows the token gets in; who does not gets a page, or JSON, that says how."""

from __future__ import annotations

import base64
import hashlib
import hmac
from http import HTTPStatus
from urllib.parse import parse_qs

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from inkdigits.server.guard import error

# Over HTTPS; browsers let no other site set a cookie with this prefix. Over HTTP they would not take it.
COOKIE, PLAIN_COOKIE = "__Host-inkdigits", "inkdigits"
# What tells nothing but that the server is there: who watches over it need not know the token.
OPEN = frozenset({"/health/live", "/health/ready"})
_REASON = (
    "the token is missing or wrong: open the address that inkdigits serve has printed, or send the token as a Bearer"
)
# After this the cookie holds the token, and the address bar no longer.
_WELCOME = (
    '<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0;url=/"><a href="/">Inkdigits</a>\n'
)
_STYLE = "body{font:1.1em/1.5 system-ui;max-width:32em;margin:10vh auto;padding:0 1em}input,button{font:inherit}"
_PAGE = f"""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Inkdigits: a token is needed</title>
<style>{_STYLE}</style>
<h1>A token is needed</h1>
<p>This Inkdigits answers only those who have its token. Whoever has started it can see it on the terminal: open the whole
address that is printed there, which ends in <code>?token=…</code>, or scan its QR code.</p>
<form action="/" method="get">
<p><label>Or type the token: <input name="token" autocomplete="off" autocapitalize="none" required></label>
<button>Open</button></p>
</form>
</html>
"""
_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_POLICY = f"default-src 'none'; style-src 'sha256-{_HASH}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"


class Admission:
    """Stands before an application: whoever does not show the token gets nothing of it."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        self._app, self._token = app, token.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Have the application answer a request, or say how to be let in."""
        answer = self._refusal(scope) if scope["type"] == "http" else None
        await (answer or self._app)(scope, receive, send)

    def _refusal(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        if scope["path"] in OPEN or any(hmac.compare_digest(one, self._token) for one in _shown(headers)):
            return None
        asked = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[0].strip().encode()
        if scope["path"] == "/" and scope["method"] == "GET" and hmac.compare_digest(asked, self._token):
            return self._welcome(scope["scheme"] == "https")
        if scope["method"] in ("GET", "HEAD") and "text/html" in headers.get("accept", ""):
            page = Response(_PAGE, HTTPStatus.UNAUTHORIZED, media_type="text/html")
            page.headers["content-security-policy"] = _POLICY
            return page
        return error(HTTPStatus.UNAUTHORIZED, _REASON)

    def _welcome(self, is_secure: bool) -> Response:
        # The page is opened from a page of ours: a Strict cookie goes along even where the link was in a mail.
        welcome = Response(_WELCOME, media_type="text/html")
        welcome.set_cookie(
            COOKIE if is_secure else PLAIN_COOKIE,
            self._token.decode(),
            path="/",
            secure=is_secure,
            httponly=True,
            samesite="strict",
        )
        return welcome


def _shown(headers: Headers) -> list[bytes]:
    """Return what a request shows as tokens: as a Bearer, and in cookies."""
    shown = [headers.get("authorization", "").removeprefix("Bearer ")]
    cookies = (part.strip().partition("=") for line in headers.getlist("cookie") for part in line.split(";"))
    shown += [value for name, _, value in cookies if name in (COOKIE, PLAIN_COOKIE)]
    return [one.encode() for one in shown]
