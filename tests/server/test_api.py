"""The HTTP API as clients meet it: the command line's answers, and a status and a reason for everything else."""

import io
import json
import socket
from concurrent.futures import ThreadPoolExecutor

import pytest
from click.testing import CliRunner
from PIL import Image

import inkdigits
from inkdigits import network
from inkdigits.cli import main
from inkdigits.options import NAMES, Options
from inkdigits.server import contract
from inkdigits.server.work import Question
from tests.conftest import drawing, encoded, png_header
from tests.server.conftest import document, seven, small
from tests.server.test_shown import opened

MIB = 1 << 20


def refused(response, status, *words):
    """Check that a request was refused with this status and these words."""
    assert response.status_code == status, response.text
    error = response.json()["error"]
    assert all(word in error for word in words), error
    assert "\n" not in error
    return True


@pytest.mark.parametrize("verb", ["classify", "read"])
def test_the_answers_are_those_of_the_command_line(client, tmp_path, verb):
    paths = [tmp_path / "seven.png", tmp_path / "pages.pdf"]
    paths[0].write_bytes(seven())
    paths[1].write_bytes(document(3))
    answer = client.post(f"/{verb}", files=[("file", (path.name, path.read_bytes())) for path in paths])
    assert answer.status_code == 200 and answer.headers["content-type"] == "application/json"
    printed = CliRunner().invoke(main, [verb, "--json", *map(str, paths)]).stdout.splitlines()
    expected = [json.loads(line.replace(f"{tmp_path}/", "")) for line in printed]
    assert answer.json() == {"results": expected}
    assert len(expected) == (2 if verb == "classify" else 4)


def test_a_raw_body_is_one_picture(client):
    data = seven()
    for kind in ("image/png", "application/octet-stream", "application/x-www-form-urlencoded", "IMAGE/PNG; q=1"):
        answer = client.post("/classify", content=data, headers={"content-type": kind})
        assert answer.json()["results"] == [{**inkdigits.classify(data).to_dict(), "source": "picture"}]
    assert client.post("/classify", content=data).status_code == 200


def test_every_digit_comes_back_as_itself(client):
    for label in range(10):
        assert client.post("/classify", content=small(label)).json()["results"][0]["best"] == label


def test_options_are_named_as_the_command_lines(client):
    data = seven()
    for model in ("classic", "default"):
        own = inkdigits.classify(data, model=model, trust="always").to_dict()
        answer = client.post("/classify", params={"model": model, "trust": "always"}, content=data)
        assert answer.json()["results"][0]["probabilities"] == own["probabilities"]
    for expected in (["values:7,4", "length:1"], ["values:1,4", "length:5"]):
        told = {"expect": expected, "trust": "always"}
        (line,) = client.post("/read", params=told, content=data).json()["results"][0]["lines"]
        assert (line["text"], line["expected"]) == ("7", "7" in expected[0])
    assert client.post("/read", params={"expect": "length:2"}, content=data).json()["results"][0]["lines"][0][
        "expected"] is False  # fmt: skip


def test_every_option_of_the_reader_is_one_of_a_request(client):
    """Those of the contract are the reader's, and one that asks for a picture; nothing else is taken."""
    assert set(contract.ReadOptions.model_fields) == {*NAMES, "picture"}
    for verb, words in (("read", "model, trust, expect, ink and picture"), ("classify", "model and trust")):
        refused(client.post(f"/{verb}?nonsense=1", content=small()), 422, f"is no option; there are {words}")
    for ink in ("handwritten", "printed", "any"):
        page = client.post("/read", params={"ink": ink, "trust": "always"}, content=seven()).json()["results"][0]
        assert page["text"] == ("" if ink == "printed" else "7")
    refused(client.post("/read?ink=pencil", content=seven()), 422, "ink", "'handwritten', 'printed' or 'any'")
    refused(client.post("/classify?ink=any", content=seven()), 422, "is no option")


def test_what_is_asked_reaches_the_worker_as_it_is():
    """All of it, whatever is in it: options with every sign."""
    options = Options(model="classic", trust="strict", expect=(r'[0-9]{5}"\u2028', "luhn"), ink="any")
    question = Question("read", options, True)
    assert Question.from_json(json.loads(json.dumps(question.to_json()))) == question


def test_pages_come_with_pictures_where_they_are_asked_for(client):
    for data in (seven(), document(2), document(2, "TIFF")):
        plain = client.post("/read", content=data).json()["results"]
        with_pictures = client.post("/read?picture=true", content=data).json()["results"]
        for page in with_pictures:
            picture = opened(page.pop("picture")).convert("L")
            assert picture.width / picture.height == pytest.approx(page["size"][0] / page["size"][1], rel=0.01)
            left, top, right, bottom = page["lines"][0]["box"]
            scale = picture.width / page["size"][0]
            inside = picture.crop((int(left * scale), int(top * scale), int(right * scale), int(bottom * scale)))
            outside = picture.crop((0, 0, picture.width, int(top * scale) - 14))
            assert inside.getextrema()[0] < 60 and outside.getextrema()[0] > 180  # the digit is where its box is
        assert with_pictures == plain
    refused(client.post("/read?picture=perhaps", content=seven()), 422, "picture")
    refused(client.post("/classify?picture=true", content=seven()), 422, "picture")


def test_documents_are_read_page_by_page(client):
    results = client.post("/read", content=document(5, "TIFF")).json()["results"]
    assert [(page["page"], page["pages"]) for page in results] == [(n, 5) for n in range(1, 6)]


def test_a_bad_file_stops_nothing(client):
    files = [("f", ("a.png", seven())), ("f", ("b\n.png", b"no picture")), ("g", ("c.png", small(4)))]
    results = client.post("/classify", files=files).json()["results"]
    assert [row.get("label") for row in results] == [7, None, 4]
    assert results[1].keys() == {"source", "error"} and "is not a picture" in results[1]["error"]
    assert "\n" not in results[1]["source"]


@pytest.mark.parametrize("verb", ["classify", "read"])
def test_no_picture_is_400(client, verb):
    refused(client.post(f"/{verb}"), 400, "no picture")
    refused(client.post(f"/{verb}", files={"f": ("a.png", b"")}), 400, "no picture")
    refused(client.post(f"/{verb}", data={"trust": "strict"}, files={"f": b"x"}), 400, "trust", "is no file")
    kind = {"content-type": "multipart/form-data; boundary=x"}
    refused(client.post(f"/{verb}", content=b"--y\r\nnonsense", headers=kind), 400, "no proper multipart")
    kind = {"content-type": "multipart/form-data"}
    refused(client.post(f"/{verb}", content=b"", headers=kind), 400, "boundary")


@pytest.mark.parametrize("data", [b"no picture", seven()[:200], b"%PDF-1.7 nonsense", b"\0" * 70_000])
def test_what_cannot_be_read_is_422(client, data):
    assert refused(client.post("/classify", content=data), 422) and refused(client.post("/read", content=data), 422)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("model=/etc/passwd", "not served here"),
        ("model=../classic", "not served here"),
        ("model=", "not served here"),
        ("trust=blind", "trust"),
        ("tust=strict", "tust"),
        ("expect=[", "regular expression"),
        ("expect=length:x", "proper length"),
        ("expect=range:1-" + "9" * 190, None),
        ("expect=length:²", "proper length"),
        ("expect=a{99999999999999999999}", "regular expression"),
        ("expect=" + "1" * 201, "200"),
        ("&".join(["expect=luhn"] * 9), "8"),
    ],
)
def test_options_that_mean_nothing_are_422(client, query, words):
    answer = client.post(f"/read?{query}", content=seven())
    if words is None:
        assert answer.status_code == 200
    else:
        refused(answer, 422, words)


def test_other_bodies_are_415(client):
    refused(client.post("/classify", content=b"a,b", headers={"content-type": "text/csv"}), 415, "text/csv", "PNG")
    refused(client.post("/read", content=b"<svg/>", headers={"content-type": "image/svg+xml"}), 415)


def test_too_much_is_413(client):
    big = bytes(64 * MIB + 1)
    refused(client.post("/classify", content=big), 413, "64 MB")
    refused(client.post("/read", content=(big[:MIB] for _ in range(65))), 413, "64 MB")  # in chunks, of unsaid length
    refused(client.post("/classify", content=png_header(60_000, 60_000)), 413, "megapixels")
    refused(client.post("/read", content=document(51, "TIFF")), 413, "51 pages", "50")
    refused(client.post("/read", files=[("f", ("a.png", small()))] * 33), 413, "32 files")
    files = [("f", ("a.png", small()))] * 32
    results = client.post("/read", params={"trust": "always"}, files=files).json()["results"]
    assert [page["text"] for page in results] == ["7"] * 32


def test_a_body_that_is_announced_and_too_long_is_not_waited_for(server):
    head = f"POST /read HTTP/1.1\r\nHost: {server.host}\r\nContent-Length: 999999999\r\nExpect: 100-continue\r\n\r\n"
    with socket.create_connection((server.host, server.port), 10) as connection:
        connection.sendall(head.encode())
        assert connection.recv(4096).startswith(b"HTTP/1.1 413 ")


def test_wrong_addresses_and_methods(client):
    refused(client.get("/nothing"), 404, "nothing is at /nothing; /docs says")
    refused(client.get("/classify"), 405, "GET is not for /classify; use POST")
    answer = client.delete("/models")
    assert refused(answer, 405) and answer.headers["allow"] == "GET, HEAD"


def test_other_sites_are_kept_out(client, server):
    """Neither a page of another site, nor one whose name was made to lead here, gets through; and nobody is let in."""
    for headers in (
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": f"http://127.0.0.1:{server.port + 1}"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ):
        refused(client.post("/classify", content=small(), headers=headers), 403, "other sites")
    for host in (
        "evil.example",
        f"evil.example:{server.port}",
        "127.0.0.1.evil.example",
        "",
        "a b",
        "[::1",
        "localhost:x",
    ):
        refused(client.get("/health", headers={"host": host}), 400, "host name")
    for host in ("localhost", f"LOCALHOST:{server.port}", "localhost.", "127.0.0.1", "[::1]:80", "192.168.7.7:80"):
        assert client.get("/health", headers={"host": host}).status_code == 200
    own = {"origin": server.url, "sec-fetch-site": "same-origin"}
    answer = client.post("/classify", content=small(), headers=own)
    assert answer.status_code == 200 and "access-control-allow-origin" not in answer.headers
    assert client.options("/classify", headers={"origin": "http://evil.example"}).status_code == 403


def test_every_answer_bears_the_headers_of_security(client):
    for answer in (
        client.get("/models"),
        client.get("/nothing"),
        client.post("/classify", content=small()),
        client.post("/read"),
        client.get("/health", headers={"host": "evil.example"}),
    ):
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert "unsafe" not in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"
        assert answer.headers["cache-control"] == "no-store"
        assert "server" not in answer.headers


@pytest.mark.parametrize(
    "target",
    [
        "/../../pyproject.toml",
        "/%2e%2e/%2e%2e/pyproject.toml",
        "/..%2f__init__.py",
        "//etc/passwd",
        "/web/",
        "/js",
        "/.%00",
    ],
)
def test_no_path_leads_out(server, target):
    answer = server.raw(f"GET {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
    assert answer.startswith((b"HTTP/1.1 404 ", b"HTTP/1.1 400 ")), answer[:200]


@pytest.mark.parametrize(
    "data",
    [
        b"nonsense\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\nConnection: close\r\n\r\n",
        b"GET /health HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * 80_000,
        b"POST /read HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
        b"POST /read HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ],
)
def test_what_is_no_proper_request_is_400(server, data):
    if b"Connection" not in data and data.startswith(b"GET / HTTP"):
        data = data.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
    assert server.raw(data).startswith(b"HTTP/1.1 400 ")


def test_models_and_health(client):
    models = client.get("/models").json()["models"]
    assert {m["name"]: m["default"] for m in models} == {name: name == "default" for name in network.shipped()}
    assert all(m["parameters"] > 10_000 and m["accuracy"] > 0.98 for m in models)
    health = client.get("/health").json()
    assert health == {"status": "ok", "version": inkdigits.__version__, "workers": 2, "waiting": 0}


def test_many_at_once_each_get_their_own_answer(server):
    pictures = {label: small(label) for label in range(10)}

    def ask(label):
        with server.client as client:
            return [client.post("/classify", content=pictures[label]).json()["results"][0]["best"] for _ in range(10)]

    labels = [n % 10 for n in range(20)]
    with ThreadPoolExecutor(20) as threads:
        assert list(threads.map(ask, labels)) == [[label] * 10 for label in labels]


def test_nothing_is_kept_or_logged(server, client, folder):
    noise = Image.effect_noise((2000, 2000), 80)
    buffer = io.BytesIO()
    noise.save(buffer, "BMP")
    assert buffer.tell() > 3 * MIB
    client.post("/classify", files=[("f", (f"secret{n}.bmp", buffer.getvalue())) for n in range(3)])
    client.post("/classify", content=encoded(drawing(3)), params={"model": "secret"})
    assert list(folder.rglob("*")) == []
    assert server.complaints() == b""
