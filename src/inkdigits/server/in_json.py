"""Pictures in a body of JSON, as base64: for programs that cannot send bytes as they are."""

from __future__ import annotations

import base64
import binascii
import re
from http import HTTPStatus
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from inkdigits.errors import one_line
from inkdigits.server.limits import RefusalError

JSON = "application/json"
_DATA_URL = re.compile(r"data:[^,]{0,200};base64,")
_URL_SAFE = str.maketrans("-_", "+/")

# A 7 of 20 × 20 pixels.
_EXAMPLE = (
    "iVBORw0KGgoAAAANSUhEUgAAABQAAAAUAQAAAACl8iCgAAAAPklEQVR42k3MoRGEQBAEwL4xIMngUyRDCIUQjirEukVgXrTt0e7g05RdmVlKDFEi4hGX"
    "WMUpNvo39THH3/ECvVkRsOzq7G4AAAAASUVORK5CYII="
)
Base64 = Annotated[
    str,
    Field(
        description="a picture or PDF as base64, or as a data URL",
        examples=[_EXAMPLE],
        json_schema_extra={"format": "byte", "contentEncoding": "base64"},
    ),
]


class NamedPicture(BaseModel):
    """A picture with the name that its answer shall have."""

    model_config = ConfigDict(extra="forbid")
    data: Base64
    name: Annotated[str, Field(description="what the answer calls it")] = "picture"


class SentPictures(BaseModel):
    """Pictures as base64, with names or without."""

    model_config = ConfigDict(extra="forbid")
    pictures: Annotated[list[Base64 | NamedPicture], Field(min_length=1)]


def parse(body: bytes, most: int) -> list[tuple[str, bytes]]:
    """Return the pictures of a body, each its name and its bytes. Raises RefusalError for more than `most`, or for none."""
    try:
        sent = SentPictures.model_validate_json(body, strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        what = one_line(f"{place}: {first['msg']}" if place else first["msg"], 120)
        reason = f'the body is not {{"pictures": ["base64", …]}}, or {{"name", "data"}} for each ({what})'
        raise RefusalError(HTTPStatus.BAD_REQUEST, reason) from None
    if len(sent.pictures) > most:
        reason = f"there are more than {most} pictures in the request; send several requests"
        raise RefusalError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, reason)
    named = [NamedPicture(data=each) if isinstance(each, str) else each for each in sent.pictures]
    return [(one_line(each.name), _decoded(each.data, number)) for number, each in enumerate(named)]


def _decoded(text: str, number: int) -> bytes:
    start = _DATA_URL.match(text)
    packed = "".join(text[start.end() if start else 0 :].split()).translate(_URL_SAFE).rstrip("=")
    try:
        return base64.b64decode(packed + "=" * (-len(packed) % 4), validate=True)
    except (binascii.Error, ValueError) as error:
        reason = f"pictures.{number} is no base64 ({error}); send the bytes of a file, as base64 or as a data URL"
        raise RefusalError(HTTPStatus.BAD_REQUEST, one_line(reason)) from None
