"""The page of the API at /docs: Swagger UI, whose files are on this machine, so that nothing comes from elsewhere."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from starlette.routing import Route

from inkdigits.server import static

ADDRESS = "/docs"
_PAGE = Path(__file__).parent / "api_page"
_SWAGGER = ("swagger-ui-bundle.js", "swagger-ui.css")


def routes() -> list[Route]:
    """Return the routes of the page and of what it loads."""
    package = importlib.util.find_spec("fastapi_offline")  # of which the files alone are used
    assert package is not None and package.origin is not None
    folder = Path(package.origin).parent / "static"
    return [
        *static.routes(_PAGE, ADDRESS),
        *(static.route(f"{ADDRESS}/{name}", folder / name) for name in _SWAGGER),
    ]
