"""The pages of `inkdigits form` on the terminal: where they are served, and to whom; and the command `form edit`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from inkdigits.errors import one_line, require

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from inkdigits.forms.template import Template
    from inkdigits.server.form_page import Reach

_F = TypeVar("_F", bound=Callable[..., Any])


def serving(command: _F) -> _F:
    """Give a command the options of a page that is served."""
    options = (
        click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at."),
        click.option("--port", type=click.IntRange(0, 65535), default=8010, show_default=True, help="0 is any free one."),
        click.option("--open", "opens", is_flag=True, help="Open the page in the browser."),
    )  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


def serve(name: str, warning: str, create: Callable[[Reach], ASGIApp], host: str, port: int, opens: bool) -> None:
    """Serve a page until Ctrl-C: `name` is what it is called, `warning` what those can do who reach it over the network."""
    from inkdigits.server import address, kept, listener
    from inkdigits.server.form_page import Reach
    from inkdigits.server.limits import Limits

    ours = listener.listen(host, port)
    is_local = address.is_for_this_machine(ours)
    token = None if is_local else kept.new_token()
    page = address.page(address.reachable(ours, "127.0.0.1"), ours, "http", token)

    def started() -> None:
        click.echo(f"The {name} is at {page}")
        if token is not None:
            click.echo(f"Whoever knows this address, token included, {warning}. It comes over plain HTTP, "
                       "where others on the network could read along.")  # fmt: skip
        click.echo("Ctrl-C ends it.")
        if opens:
            click.launch(page)

    listener.run(create(Reach(() if is_local else address.host_names(), token, is_local)), ours, Limits(), started)


@click.command()
@click.argument("template", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@serving
def edit(template: Path, host: str, port: int, opens: bool) -> None:
    """Name, type, move, add and delete the fields of a template on its blank, in a page, until Ctrl-C.

    Only this machine reaches the page. With --host others do who know the address with the token that is printed.
    """
    edit_page(template, None, host, port, opens)


def needs_server(command: str) -> None:
    """Raise MissingExtraError where the packages are missing that serve a page."""
    require(command, "serve", "starlette", "uvicorn")


def edit_page(path: Path, start: Template | None, host: str, port: int, opens: bool) -> None:
    """Serve the editor of a template's file, or of `start`, where there is no file yet."""
    needs_server("inkdigits form edit")
    from inkdigits.forms.editing import Editing
    from inkdigits.server import editor

    own = Editing(path, start)
    create = lambda reach: editor.create(editor.Service(own, reach))  # noqa: E731
    serve(f"editor of {one_line(path)}", "changes this template", create, host, port, opens)
