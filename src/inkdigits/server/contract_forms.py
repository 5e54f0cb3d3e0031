"""What the API answers of filled forms: part of the contract."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from inkdigits.server.contract import Failure, Share


class Cell(BaseModel):
    """A field of a sheet."""

    key: str = Field(description="the field's name, such as total or task[3]")
    status: Literal["answered", "review", "empty"]
    value: str | int | float | bool | None = Field(description="the answer; null where there is none")
    text: str = Field(description="what was read, whatever the status")
    confidence: Share
    reason: str | None = Field(description="why a person should look at it")


class Sheet(BaseModel):
    """A filled sheet, as a line of `inkdigits form read --json`; or, of a page that does not fit, `error`."""

    source: str
    schema_: Annotated[Literal[1], Field(alias="schema")]
    form: str
    copy_: int | None = Field(default=None, alias="copy", description="the number printed on it")
    cells: list[Cell] | None = None
    error: str | None = None


class Sheets(BaseModel):
    """An object a sheet, in the order sent."""

    results: list[Sheet | Failure]
