"""What the API promises, for its OpenAPI description: answers, errors, and examples of both.

The answers themselves are made by `results`; the tests hold them against these forms.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from inkdigits import __version__
from inkdigits.options import NAMES, AskedInk, Options, Trust
from inkdigits.server.body import MULTIPART, PICTURE_TYPES
from inkdigits.server.in_json import JSON, SentPictures
from inkdigits.server.limits import Limits

Box = Annotated[
    list[int],
    Field(
        min_length=4,
        max_length=4,
        description="left, top, right, bottom in pixels of the given picture; right and bottom exclusive",
    ),
]
Polygon = Annotated[
    list[Annotated[list[float], Field(min_length=2, max_length=2)]],
    Field(
        min_length=4,
        max_length=4,
        description="corners x, y in pixels of the given picture, clockwise from the top left as it is read",
    ),
]
Schema = Annotated[Literal[2], Field(description="the form of this object; see CHANGELOG")]
_WARNINGS = "what of the file was not looked at, a line each: other frames, missing rows; only where there is something"
Share = Annotated[float, Field(ge=0, le=1)]
Best = Annotated[int, Field(ge=0, le=9, description="the most probable digit, whatever the confidence")]
_EXPECT = r"what each number is: length:5, range:0-100, values:1,2,6, luhn, mod11, mod97, or a pattern such as \d{5}"


class ClassifyOptions(BaseModel):
    """The options of a request, in its address. They are named as the command line's."""

    model_config = ConfigDict(extra="forbid")
    model: Annotated[str | None, Field(description="one of GET /models; the server's own if not given")] = None
    trust: Annotated[Trust, Field(description="how sure it must be to answer")] = "normal"

    def options(self, model: str) -> Options:
        """Return them as the reader's options, by a model that is served."""
        return Options.of(**{**self.model_dump(include=set(NAMES)), "model": model})

    @classmethod
    def names(cls) -> str:
        """Return in words which there are."""
        *others, last = cls.model_fields
        return f"{', '.join(others)} and {last}"


class ReadOptions(ClassifyOptions):
    """The options of `read`."""

    expect: Annotated[
        list[Annotated[str, Field(max_length=200)]], Field(default_factory=list, max_length=8, description=_EXPECT)
    ]
    ink: Annotated[AskedInk, Field(description="which digits are read")] = "handwritten"
    picture: Annotated[
        bool, Field(description="whether each page comes with a picture of it, for who cannot show it")
    ] = False


class ReadDigit(BaseModel):
    """A digit of a line."""

    label: Annotated[int, Field(ge=0, le=9)] | None = Field(description="the digit, or null where it abstains")
    best: Best
    confidence: Share = Field(description="calibrated probability that `best` is right")
    reason: Literal["blank", "not a digit", "unsure", "several digits"] | None = Field(
        description="why there is no label"
    )
    probabilities: Annotated[list[Share], Field(min_length=10, max_length=10)]
    ink: Literal["handwritten", "printed"] | None = Field(description="null if blank")
    box: Box | None
    polygon: Polygon | None


class Digit(ReadDigit):
    """The digit of a picture, as a line of `inkdigits classify --json`."""

    source: str = Field(description="the file's name, or `picture`")
    schema_: Schema = Field(alias="schema")
    warnings: list[str] | None = Field(default=None, description=_WARNINGS)


class Line(BaseModel):
    """A line of digits."""

    text: str = Field(description="digits, ? where one abstained, separators, a space for anything else")
    confidence: Share
    expected: bool | None = Field(description="whether it is what was expected; null where nothing was")
    box: Box
    polygon: Polygon
    digits: list[ReadDigit]


class Page(BaseModel):
    """A page, as a line of `inkdigits read --json`."""

    source: str
    schema_: Schema = Field(alias="schema")
    page: Annotated[int, Field(ge=1)]
    pages: Annotated[int, Field(ge=1)]
    rotation: float = Field(description="degrees by which it was turned to be upright, counter-clockwise")
    size: Annotated[
        list[int],
        Field(
            min_length=2, max_length=2, description="width, height of the given picture, a photo's as EXIF orients it"
        ),
    ]
    text: str
    lines: list[Line]
    warnings: list[str] | None = Field(default=None, description=_WARNINGS)
    picture: str | None = Field(
        default=None, description="the data URL of a JPEG with the sides of `size` in proportion; only where asked for"
    )


class Error(BaseModel):
    """Why there is no answer, in one line; `source` where it is one file's."""

    error: str
    source: str | None = None


class Failure(BaseModel):
    """A file, of several, that could not be read."""

    model_config = ConfigDict(extra="forbid")
    source: str
    error: str


class Digits(BaseModel):
    """An object a picture, in the order sent."""

    results: list[Digit | Failure]


class Pages(BaseModel):
    """An object a page, in the order sent."""

    results: list[Page | Failure]


class Model(BaseModel):
    """A model that can be asked."""

    name: str
    default: bool = Field(description="whether it is the one that answers where none is named")
    parameters: int | None
    accuracy: Share | None = Field(description="on MNIST's test digits")


class Models(BaseModel):
    """The models that can be asked."""

    models: list[Model]


class Alive(BaseModel):
    """That the server answers, or that it can read."""

    status: Literal["ok"]


class Health(BaseModel):
    """Whether the server is well."""

    status: Literal["ok"]
    version: str
    workers: Annotated[int, Field(ge=1, description="processes that are ready")]
    waiting: Annotated[int, Field(ge=0, description="pictures that wait for one")]


_DIGIT = {
    "label": 7,
    "best": 7,
    "confidence": 0.998,
    "reason": None,
    "probabilities": [0.0, 0.0005, 0.0005, 0.0, 0.0, 0.0, 0.0, 0.998, 0.0, 0.001],
    "ink": "handwritten",
    "box": [40, 32, 118, 150],
    "polygon": [[40.0, 32.0], [118.0, 32.0], [118.0, 150.0], [40.0, 150.0]],
}
_LINE = {
    "text": "7",
    "confidence": 0.998,
    "expected": None,
    "box": _DIGIT["box"],
    "polygon": _DIGIT["polygon"],
    "digits": [_DIGIT],
}
EXAMPLES: dict[str, Any] = {
    "classify": {"results": [{"source": "seven.png", "schema": 2, **_DIGIT}]},
    "read": {
        "results": [
            {
                "source": "a.png",
                "schema": 2,
                "page": 1,
                "pages": 1,
                "rotation": 0.0,
                "size": [160, 190],
                "text": "7",
                "lines": [_LINE],
            },
            {"source": "b.png", "error": "is empty (0 bytes); give a PNG, JPEG, AVIF, BMP, GIF, TIFF or WebP picture"},
        ]
    },
    "forms/{name}": {
        "results": [
            {
                "source": "scan.png",
                "schema": 1,
                "form": "marks",
                "copy": 7,
                "cells": [
                    {
                        "key": "total",
                        "status": "answered",
                        "value": 17,
                        "text": "17",
                        "confidence": 0.998,
                        "reason": None,
                    }
                ],
            }
        ]
    },
    "models": {"models": [{"name": "default", "default": True, "parameters": 868113, "accuracy": 0.9969}]},
    "health": {"status": "ok", "version": __version__, "workers": 3, "waiting": 0},
    "health/live": {"status": "ok"},
    "health/ready": {"status": "ok"},
}
_WHY = {
    400: "No picture, a broken body, or an address that this server does not answer to.",
    401: "The token is missing: the address that the server has printed holds it.",
    403: "The request comes from another site's page.",
    404: "No form of this name is served.",
    408: "The body did not arrive in time.",
    413: "Too many bytes, pixels, pages or files.",
    415: "A body that is neither a picture nor a document nor multipart/form-data nor JSON.",
    422: "No picture that can be read, or an option that means nothing.",
    429: "Too many pictures are waiting. `Retry-After` says when to come again.",
    503: "The server has as much as it can hold, or no workers. `Retry-After` says when to come again.",
}


def responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return what a route may answer with beside 200, for FastAPI."""
    forms: dict[int | str, dict[str, Any]] = {200: {"description": "The answer."}}
    forms.update({status: {"model": Error, "description": _WHY[status]} for status in statuses})
    return forms


def request_body(limits: Limits) -> dict[str, Any]:
    """Return the description of a body: one picture, or several as files."""
    file = {"type": "string", "format": "binary"}
    files = {"type": "array", "items": file, "minItems": 1, "maxItems": limits.files}
    form = {"type": "object", "properties": {"files": files}, "required": ["files"], "additionalProperties": False}
    in_json = SentPictures.model_json_schema(ref_template="#/components/schemas/{model}")
    in_json.pop("$defs")  # see `components`
    in_json["properties"]["pictures"]["maxItems"] = limits.files
    return {
        "required": True,
        "description": f"One picture or PDF as it is, up to {limits.files} as files of a form (any name), or as base64 "
        f"in JSON; at most {limits.request_bytes >> 20} MB.",
        "content": {
            **{kind: {"schema": file} for kind in PICTURE_TYPES},
            MULTIPART: {"schema": form},
            JSON: {"schema": in_json},
        },
    }


def components() -> dict[str, Any]:
    """Return the schemas that `request_body` refers to."""
    schemas: dict[str, Any] = SentPictures.model_json_schema(ref_template="#/components/schemas/{model}")["$defs"]
    return schemas
