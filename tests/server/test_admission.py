"""--token without --phone: over plain HTTP, kept between starts, and a page that says what is missing."""

import re

import httpx
import pytest
from click.testing import CliRunner

from inkdigits.cli import main
from tests.server.conftest import running, small

BROWSER = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("kept")


@pytest.fixture(scope="module")
def server(folder):
    command = ("inkdigits", "serve", "--host", "0.0.0.0", "--token", "--keep", folder, "--port", 0, "--workers", 1)
    with running(*command, last="Ctrl-C") as server:
        # The address that is printed is this machine's on its network; where it is on none, its own.
        yield server


@pytest.fixture(scope="module")
def token(server):
    return re.search(r"\?token=(\S{22,})", server.address)[1]


@pytest.fixture
def client(server):
    with server.client as client:
        yield client


def test_it_is_said_who_can_use_it(server):
    said = "".join(server.lines)
    assert "Whoever knows this address, token included, can use it" in said and "--phone encrypts" in said


def test_a_browser_without_the_token_gets_a_page_that_says_what_to_do(client, token):
    for path in ("/", "/nothing", "/docs", "/?token=wrong"):
        answer = client.get(path, headers=BROWSER)
        assert answer.status_code == 401 and answer.headers["content-type"].startswith("text/html")
        assert "A token is needed" in answer.text and "?token=" in answer.text and token not in answer.text
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy and "form-action 'self'" in policy and "unsafe" not in policy
    assert client.get("/health").json()["error"].startswith("the token is missing or wrong")
    assert client.post("/classify", content=small(), headers=BROWSER).json()["error"]


def test_the_address_gives_a_cookie_that_plain_http_takes(client, token):
    """A browser drops a cookie that is Secure, or whose name promises that it is."""
    welcome = client.get("/", params={"token": token}, headers=BROWSER)
    cookie = welcome.headers["set-cookie"].lower()
    assert welcome.status_code == 200 and cookie.startswith("inkdigits=") and "secure" not in cookie
    assert "httponly" in cookie and "samesite=strict" in cookie
    assert client.post("/classify", content=small(4)).json()["results"][0]["best"] == 4
    assert client.get("/docs").status_code == 200


def test_programs_send_it_as_bearer(server, token):
    def ask(value):
        return httpx.get(f"{server.url}/models", headers={"authorization": f"Bearer {value}"}, trust_env=False)

    assert ask(token).status_code == 200 and ask(f"{token}x").status_code == 401


def test_who_watches_over_the_server_needs_no_token(client):
    for path in ("/health/live", "/health/ready"):
        assert client.get(path).json() == {"status": "ok"}


def test_the_next_start_has_the_same_token(folder, token, server):
    command = ("inkdigits", "serve", "--token", "--keep", folder, "--port", 0, "--workers", 1)
    with running(*command, last="Ctrl-C") as again, again.client as client:
        assert "network" not in "".join(again.lines)  # nobody there reaches it
        assert again.address.endswith(f"?token={token}")
        assert client.get("/models", headers={"authorization": f"Bearer {token}"}).status_code == 200


def test_without_a_token_it_is_said_plainly_who_can_use_it():
    command = ("inkdigits", "serve", "--host", "0.0.0.0", "--port", 0, "--workers", 1)
    with running(*command, last="Ctrl-C") as server:
        said = "".join(server.lines)
        assert "Everyone on the network who can reach this machine can use it" in said and "--token" in said


def test_options_that_do_not_fit_are_one_line():
    for arguments, words in (
        (["--token", "short"], "--token: is no token; give 16 to 128"),
        (["--keep", "somewhere"], "add --token or --phone"),
        (["--allow-origin", "example.org"], "is no origin"),
        (["--allow-origin", "https://example.org/page"], "is no origin"),
        (["--allow-origin", "null"], "is no origin"),
    ):
        result = CliRunner().invoke(main, ["serve", "--port", "0", *arguments])
        assert result.exit_code in (1, 2) and words in result.output, result.output
