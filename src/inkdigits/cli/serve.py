"""`inkdigits serve`: the page and the HTTP API, on this machine or, with --phone or --host, on the local network."""

from __future__ import annotations

import re
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from inkdigits import network
from inkdigits.errors import InputError, require
from inkdigits.network.session import cores

_PORT, _OWN = 8000, "127.0.0.1"
_ORIGIN = re.compile(r"https?://[^\s/?#@]+|\*")


def _origins(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    for value in values:
        if _ORIGIN.fullmatch(value) is None:
            raise click.BadParameter(f"{value!r} is no origin; give one such as https://example.org:8080, or *")
    return tuple(value.lower() for value in values)


@click.command()
@click.option("--host", help="The address to listen at.  [default: 127.0.0.1; with --phone, the local network's]")
@click.option("--port", type=click.IntRange(0, 65535), default=_PORT, show_default=True, help="0 is any free one.")
@click.option(
    "--model", default=network.DEFAULT, show_default=True, help="A shipped model, a run folder or a model.onnx."
)
@click.option(
    "--workers",
    type=click.IntRange(1, 256),
    default=cores,
    show_default="one a core",
    help="Processes to read pages in; one more keeps itself for small pictures.",
)
@click.option(
    "--phone", is_flag=True, help="Serve the local network, over HTTPS and with a secret token: shows a QR code."
)
@click.option(
    "--token",
    is_flag=False,
    flag_value="",
    envvar="INKDIGITS_TOKEN",
    metavar="[SECRET]",
    help="Answer only who shows this token; without a value a new one is made. Also: INKDIGITS_TOKEN.",
)
@click.option(
    "--keep",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="FOLDER",
    help="Keep the token, and with --phone the certificate, in this folder for the next start.",
)
@click.option("--open", "opens", is_flag=True, help="Open the page in the browser.")
@click.option(
    "--allow-host", "names", multiple=True, metavar="NAME", help="A host name that this server goes by, as on a proxy."
)
@click.option(
    "--allow-origin",
    "origins",
    multiple=True,
    metavar="ORIGIN",
    callback=_origins,
    help="Another site whose pages may ask this server, such as https://example.org; * for all.",
)
@click.option(
    "--form",
    "templates",
    multiple=True,
    metavar="TEMPLATE",
    type=click.Path(exists=True, dir_okay=False),
    help="A form's .toml file: its filled sheets are read at POST /forms/NAME.",
)
@click.option("--access-log", is_flag=True, help="A line on standard error for each request, nothing of its content.")
def serve(
    host: str | None,
    port: int,
    model: str,
    workers: int,
    phone: bool,
    token: str | None,
    keep: Path | None,
    opens: bool,
    names: tuple[str, ...],
    origins: tuple[str, ...],
    templates: tuple[str, ...],
    access_log: bool,
) -> None:
    """Serve the page and the HTTP API until Ctrl-C.

    Only this machine reaches them, unless --host or --phone says otherwise. What is sent is read in memory, answered, and
    neither kept nor logged. The API is described at /docs.
    """
    require(
        "inkdigits serve", "serve", "fastapi", "uvicorn", "python_multipart", "prometheus_client", "fastapi_offline",
        "cryptography", "segno",
    )  # fmt: skip
    if keep is not None and not phone and token is None:
        raise click.UsageError("--keep keeps a token or a certificate: add --token or --phone")
    from inkdigits.server import address, app, kept, listener, observing

    models, default = app.service_models(model)
    forms = _by_name(templates, models[default])
    with ExitStack() as files:
        folder = kept.Kept(keep or Path(files.enter_context(TemporaryDirectory(prefix="inkdigits-"))))
        if phone or token is not None:
            token = folder.token(kept.check_token(token, "--token") if token else None)
        if phone and host is None:
            host = address.local_address()
        ours = listener.listen(host or _OWN, port)
        place, is_local = address.reachable(ours, None if phone else _OWN), address.is_for_this_machine(ours)
        certificate = None
        if phone or not is_local:
            names = (*names, *address.host_names())
        if phone:
            certificate = folder.certificate(sorted({place, _OWN}), ("localhost", *names))
        page = address.page(place, ours, "https" if phone else "http", token)

        def started() -> None:
            files.close()  # the certificate is in memory now
            if certificate is not None:
                _show_phone(page, certificate.fingerprint, is_local)
            else:
                _show(page, is_local, token is not None)
            click.echo("Ctrl-C ends it.")
            if opens:
                click.launch(page)

        if access_log:
            observing.log_to_standard_error()
        service = app.Service(models, default, workers, names, token, origins, forms)
        listener.run(app.create(service), ours, service.limits, started, certificate)


def _by_name(templates: tuple[str, ...], model: str) -> dict[str, str]:
    """Return the templates' paths by their names, all of which can be read by. Raises InputError."""
    if not templates:
        return {}
    from inkdigits.forms.form import Form

    forms: dict[str, str] = {}
    for path in templates:
        name = Form.load(path, model).name
        if name in forms:
            raise InputError(path, f"has the name of another form, {name}", "give each form its own name")
        forms[name] = path
    return forms


def _show(page: str, is_local: bool, has_token: bool) -> None:
    click.echo(f"Inkdigits is at {page}")
    if is_local:
        return
    if has_token:
        click.echo("Whoever knows this address, token included, can use it. It comes over plain HTTP, where others on the "
                   "network could read along: --phone encrypts.")  # fmt: skip
    else:
        click.echo("Everyone on the network who can reach this machine can use it. --token asks for a secret, and --phone "
                   "encrypts as well.")  # fmt: skip


def _show_phone(page: str, fingerprint: str, is_local: bool) -> None:
    from inkdigits.server import qr

    for line in qr.lines(page):  # light is light on every terminal, and a pipe has no colours
        click.secho(line, fg="bright_white", bg="black")
    click.echo(f"Open this with the phone: {page}")
    if is_local:
        click.echo("Only this machine can: --host says so. Leave it out, and the phone can, too.")
    click.echo("The browser will warn of a certificate that is signed by itself. Its SHA-256 fingerprint is")
    click.echo(fingerprint)
