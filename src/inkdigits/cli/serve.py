"""`inkdigits serve`: the page and the HTTP API, on this machine or, with --phone, on the local network."""

from __future__ import annotations

import ipaddress
from contextlib import ExitStack

import click

from inkdigits import network
from inkdigits.errors import require
from inkdigits.network.session import cores

_PORT = 8000


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
@click.option("--open", "opens", is_flag=True, help="Open the page in the browser.")
@click.option(
    "--allow-host", "names", multiple=True, metavar="NAME", help="A host name that this server goes by, as on a proxy."
)
def serve(
    host: str | None, port: int, model: str, workers: int, phone: bool, opens: bool, names: tuple[str, ...]
) -> None:
    """Serve the page and the HTTP API until Ctrl-C.

    Only this machine reaches them, unless --host or --phone says otherwise. What is sent is read in memory, answered, and
    neither kept nor logged. The API's description is at /openapi.json.
    """
    require("inkdigits serve", "serve", "fastapi", "uvicorn", "httptools", "python_multipart")
    if phone:
        require("inkdigits serve --phone", "serve", "cryptography", "segno")
    from inkdigits.server import app, listener

    models, default = app.service_models(model)
    token = None
    with ExitStack() as files:
        if phone:
            from inkdigits.server import phone as by_phone

            token = by_phone.token()
            host = host or by_phone.local_address()
            names = (*names, *by_phone.host_names())
        ours = listener.listen(host or "127.0.0.1", port)
        page, fingerprint, certificate = listener.address(ours), "", None
        if phone:
            numbers = [address for address in {host, ours.getsockname()[0], "127.0.0.1"} if _is_number(address)]
            *certificate_files, fingerprint = files.enter_context(by_phone.certificate(numbers, ("localhost", *names)))
            certificate = certificate_files[0], certificate_files[1]
            page = f"{listener.address(ours, 'https')}?token={token}"

        def started() -> None:
            files.close()  # the certificate is in memory now
            if phone:
                for line in by_phone.qr(
                    page
                ).splitlines():  # light is light on every terminal, and a pipe has no colours
                    click.secho(line, fg="bright_white", bg="black")
                click.echo(f"Open this with the phone: {page}")
                click.echo(
                    "The browser will warn of a certificate that is signed by itself. Its SHA-256 fingerprint is"
                )
                click.echo(fingerprint)
            else:
                click.echo(f"Inkdigits is at {page}")
            click.echo("Ctrl-C ends it.")
            if opens:
                click.launch(page)

        service = app.Service(models, default, workers, names, token)
        listener.run(app.create(service), ours, service.limits, started, certificate)


def _is_number(address: str | None) -> bool:
    try:
        return ipaddress.ip_address(address or "") is not None
    except ValueError:
        return False
