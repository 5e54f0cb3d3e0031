"""--phone: HTTPS with a certificate made on the spot, and nothing at all without the token."""

import os
import re
import ssl

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from inkdigits.server import qr
from tests.server.conftest import running, small


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("phone")


@pytest.fixture(scope="module")
def server(folder):
    command = ("inkdigits", "serve", "--phone", "--host", "127.0.0.1", "--port", 0, "--workers", 1)
    with running(*command, last="token=", env={**os.environ, "TMPDIR": str(folder)}) as server:
        yield server


@pytest.fixture(scope="module")
def token(server):
    return re.search(r"\?token=([\w-]{22,})", server.address)[1]


@pytest.fixture
def client(server):
    """A client that trusts this certificate alone, and checks the name in it as for every other."""
    certificate = ssl.get_server_certificate((server.host, server.port))
    trusted = ssl.create_default_context(cadata=certificate)
    with httpx.Client(base_url=server.url, verify=trusted, trust_env=False, timeout=60) as client:
        yield client


def test_the_qr_code_and_the_address_are_printed(server, token):
    text = "".join(server.lines)
    assert "\n".join(qr.lines(server.address)).strip() in text
    assert text.count("\n") > 15 and "\x1b" not in text


def test_without_the_token_there_is_nothing(server, client, token):
    for path in (
        "/",
        "/health",
        "/metrics",
        "/docs",
        "/models",
        "/openapi.json",
        "/nothing",
        "/?token=",
        "/?token=x",
        f"/health?token={token}",
    ):
        answer = client.get(path)
        assert answer.status_code == 401 and "token" in answer.json()["error"], path
        assert "set-cookie" not in answer.headers and "default-src 'none'" in answer.headers["content-security-policy"]
    for cookie in (
        f"__Host-inkdigits={token[:-1]}",
        "__Host-inkdigits=",
        f"other={token}",
        f"__Host-inkdigits={token}x",
    ):
        assert client.post("/classify", content=small(), headers={"cookie": cookie}).status_code == 401
    for bearer in ("", "Bearer", f"Bearer {token} x", "Basic x"):
        assert client.get("/health", headers={"authorization": bearer}).status_code == 401


def test_the_address_gives_a_cookie_and_the_cookie_opens_everything(client, token):
    welcome = client.get("/", params={"token": token})
    assert welcome.status_code == 200 and 'url=/"' in welcome.text and token not in welcome.text
    cookie = welcome.headers["set-cookie"].lower()
    assert cookie.startswith("__host-inkdigits=")
    assert (
        all(word in cookie for word in ("httponly", "secure", "samesite=strict", "path=/")) and "domain" not in cookie
    )
    assert welcome.headers["referrer-policy"] == "no-referrer" and welcome.headers["cache-control"] == "no-store"
    # httpx keeps the cookie
    assert client.get("/health").json()["status"] == "ok"
    assert client.post("/classify", content=small(4)).json()["results"][0]["best"] == 4


def test_programs_show_the_token_as_bearer(client, token):
    assert client.get("/models", headers={"authorization": f"Bearer {token}"}).status_code == 200


def test_the_certificate_is_for_this_address_and_leaves_no_file(server, folder):
    made = x509.load_pem_x509_certificate(ssl.get_server_certificate((server.host, server.port)).encode())
    names = made.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert "127.0.0.1" in map(str, names.get_values_for_type(x509.IPAddress))
    assert "localhost" in names.get_values_for_type(x509.DNSName)
    rest = "".join(server.process.stdout.readline() for _ in range(3))
    assert "Only this machine can: --host says so" in rest
    assert made.fingerprint(hashes.SHA256()).hex(":").upper() in rest
    assert list(folder.rglob("*")) == []


def test_plain_http_gets_nothing(server):
    with pytest.raises(httpx.TransportError):
        httpx.get(f"http://{server.host}:{server.port}/health", trust_env=False)
