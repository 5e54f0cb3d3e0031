"""Pictures as base64 in JSON: every common way to write it, and one line for what is none."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inkdigits.server import in_json
from inkdigits.server.limits import RefusalError

BYTES = bytes(range(256)) * 3


def body(*pictures):
    return json.dumps({"pictures": pictures}).encode()


@given(st.binary(max_size=200))
def test_bytes_come_back_in_every_way_of_writing_them(data):
    plain = base64.b64encode(data).decode() or "===="
    lines = "\n".join(plain[i : i + 76] for i in range(0, len(plain), 76))
    url_safe = base64.urlsafe_b64encode(data).decode() or "="
    ways = [plain, plain.rstrip("=") or "=", url_safe, f"data:image/png;base64,{plain}", f"data:;base64,{plain}", lines]
    assert in_json.parse(body(*ways), 10) == [("picture", data)] * len(ways)


def test_names_are_kept_on_one_line():
    data = base64.b64encode(BYTES).decode()
    assert in_json.parse(body({"name": "a\n.png", "data": data}, data), 2) == [("a\\n.png", BYTES), ("picture", BYTES)]


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        (b"", "pictures"),
        (b"{", "pictures"),
        (b'{"picture": "aaaa"}', "Field required"),
        (b'{"pictures": []}', "pictures"),
        (b'{"pictures": [7]}', "pictures.0"),
        (b'{"pictures": [{"name": "a"}]}', "pictures.0"),
        (b'{"pictures": ["aaaa"], "trust": "strict"}', "trust"),
        (b'{"pictures": ["seven.png"]}', "pictures.0 is no base64"),
        (b'{"pictures": ["aaaa", "a"]}', "pictures.1 is no base64"),
        (b"[" * 100_000, "pictures"),
        ('{"pictures": ["ä"]}'.encode("latin-1"), "pictures"),
        ('{"pictures": ["数字"]}'.encode(), "pictures.0 is no base64"),
    ],
)
def test_what_is_none_is_one_line(sent, words):
    with pytest.raises(RefusalError) as caught:
        in_json.parse(sent, 3)
    assert caught.value.status == 400 and words in caught.value.reason and "\n" not in caught.value.reason
    assert len(caught.value.reason) < 400


def test_too_many_are_refused():
    with pytest.raises(RefusalError, match="more than 2") as caught:
        in_json.parse(body("aaaa", "aaaa", "aaaa"), 2)
    assert caught.value.status == 413
