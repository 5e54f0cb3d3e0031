"""What web developers need: other origins, an API page, HEAD, MIME types, base64, an access log, metrics, health."""

import base64
import re

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.server.conftest import running, seven, small
from tests.server.test_api import refused
from tests.waiting import wait_until

ORIGIN = "https://example.org:8443"


@pytest.fixture(scope="module")
def server():
    command = ("inkdigits", "serve", "--port", 0, "--workers", 1, "--access-log", "--allow-origin", ORIGIN)
    with running(*command, last="Ctrl-C") as server:
        yield server


@pytest.fixture
def client(server):
    with server.client as client:
        yield client


def cross_site(origin=ORIGIN):
    return {"origin": origin, "sec-fetch-site": "cross-site"}


def test_pages_of_an_allowed_origin_may_ask_and_read_the_answer(client):
    asks = {**cross_site(), "access-control-request-method": "POST", "access-control-request-headers": "content-type"}
    preflight = client.options("/classify", headers={**asks, "access-control-request-private-network": "true"})
    assert preflight.status_code == 200 and preflight.headers["access-control-allow-origin"] == ORIGIN
    assert "content-type" in preflight.headers["access-control-allow-headers"].lower()
    assert preflight.headers["access-control-allow-private-network"] == "true"
    answer = client.post("/classify", content=small(), headers={**cross_site(), "content-type": "image/png"})
    assert answer.json()["results"][0]["best"] == 7 and answer.headers["access-control-allow-origin"] == ORIGIN
    # Refusals can be read as well.
    assert refused(client.post("/read", content=b"", headers=cross_site()), 400, "no picture")
    assert client.post("/read", content=b"", headers=cross_site()).headers["access-control-allow-origin"] == ORIGIN


@pytest.mark.parametrize("origin", ["https://example.org", "http://example.org:8443", "https://evil.example", "null"])
def test_pages_of_others_may_not(client, origin):
    refused(client.post("/classify", content=small(), headers=cross_site(origin)), 403, "--allow-origin")
    asks = {**cross_site(origin), "access-control-request-method": "POST"}
    assert client.options("/classify", headers=asks).status_code == 403


@pytest.mark.parametrize("path", ["/", "/models", "/health", "/health/live", "/openapi.json", "/docs", "/metrics"])
def test_head_is_get_without_the_body(client, path):
    get, head = client.get(path), client.head(path)
    assert head.status_code == get.status_code == 200 and head.content == b""
    assert head.headers["content-type"] == get.headers["content-type"]
    if path != "/metrics":  # which are others each time
        assert head.headers["content-length"] == get.headers["content-length"]
    assert client.head("/classify").status_code == 405 and client.head("/nothing").status_code == 404


KINDS = [
    "image/jpg",
    "image/pjpeg",
    "image/x-png",
    "image/tif",
    "image/vnd.ms-photo",
    "image/*",
    "binary/octet-stream",
    "application/x-pdf",
    "IMAGE/PNG; charset=binary",
]


@pytest.mark.parametrize("kind", KINDS)
def test_what_people_send_is_read_by_its_bytes(client, kind):
    answer = client.post("/classify", content=small(3), headers={"content-type": kind})
    assert answer.status_code == 200 and answer.json()["results"][0]["best"] == 3


def test_base64_in_json_is_answered_as_bytes_are(client):
    data = base64.b64encode(seven()).decode()
    sent = {"pictures": [data, {"name": "a.png", "data": f"data:image/png;base64,{data}"}]}
    for verb in ("classify", "read"):
        expected = client.post(f"/{verb}", content=seven()).json()["results"]
        results = client.post(f"/{verb}", json=sent).json()["results"]
        assert results == [expected[0], {**expected[0], "source": "a.png"}]
    refused(client.post("/read", json={"picture": data}), 400, '{"pictures": ["base64", …]}')
    refused(client.post("/read", json={"pictures": ["seven.png"]}), 400, "pictures.0 is no base64")
    refused(client.post("/read", json={"pictures": ["aGVsbG8="]}), 422, "is not a picture")
    refused(client.post("/classify", json={"pictures": [data] * 33}), 413, "more than 32")


def figures(client):
    text = client.get("/metrics").text
    found = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            found[(sample.name, *sorted(sample.labels.values()))] = sample.value
    return found


def test_metrics_count_what_was_asked_and_made_up_names_are_no_figures(client):
    before = figures(client)
    client.post("/classify", content=small())
    client.post("/classify", content=b"no picture")
    for n in range(3):
        client.get(f"/made-up-{n}")
    client.request("MADEUP", "/made-up")
    after = figures(client)

    def more(*key):
        return after[key] - before.get(key, 0)

    assert more("inkdigits_http_requests_total", *sorted(("POST", "/classify", "200"))) == 1
    assert more("inkdigits_http_requests_total", *sorted(("POST", "/classify", "422"))) == 1
    assert more("inkdigits_http_requests_total", *sorted(("GET", "other", "404"))) == 3
    assert more("inkdigits_http_request_seconds_count", "/classify") == 2
    assert more("inkdigits_pictures_total", *sorted(("classify", "answered"))) == 1
    assert more("inkdigits_pictures_total", *sorted(("classify", "failed"))) == 1
    assert after[("inkdigits_workers",)] == 2 and after[("inkdigits_waiting_pictures",)] == 0
    assert after[("inkdigits_held_bytes",)] == 0 and after[("inkdigits_worker_deaths_total",)] == 0
    assert not any("made-up" in str(label).lower() for key in after for label in key)


def test_the_access_log_says_who_asked_what_and_nothing_of_the_content(server, client):
    server.complaints()
    client.post("/classify?trust=strict", files=[("f", ("secret.png", small()))])
    client.get("/secret%0A?token=secret")
    said = b""

    def lines():
        nonlocal said
        said += server.complaints()
        return said.decode().splitlines() if said.count(b"\n") >= 2 else None

    first, second = wait_until(lines)
    assert re.fullmatch(r"\S+T\S+ 127\.0\.0\.1 POST /classify 200 \d+ B \d+ ms", first)
    assert re.search(r" GET /secret\\n 404 \d+ B \d+ ms$", second)
    assert "strict" not in first and "token" not in second and "png" not in first


def test_liveness_and_readiness_are_two_things(client):
    assert client.get("/health/live").json() == client.get("/health/ready").json() == {"status": "ok"}
    assert client.get("/health").json().keys() == {"status", "version", "workers", "waiting"}
