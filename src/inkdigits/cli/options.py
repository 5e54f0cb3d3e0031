"""The reader's options as the command line has them: each is declared here, and a verb gets them all as one `Options`."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, get_args

import click

from inkdigits import network
from inkdigits.batch.shards import Shard
from inkdigits.errors import InputError
from inkdigits.options import NAMES, AskedInk, Options, Trust

_Verb = TypeVar("_Verb", bound=Callable[..., Any])

MODEL = click.option("--model", default=network.DEFAULT, show_default=True,
                     help="A shipped model, a run folder or a model.onnx.")  # fmt: skip
TRUST = click.option("--trust", type=click.Choice(get_args(Trust)), default="normal", show_default=True,
                     help="How sure it must be to answer.")  # fmt: skip
EXPECT = click.option("--expect", multiple=True, help="What each number is: length:5, range:0-100, values:1,2,6, luhn, "
                      r"mod11, mod97, or a pattern such as \d{5}.")  # fmt: skip
INK = click.option("--ink", type=click.Choice(get_args(AskedInk)), default="handwritten", show_default=True,
                   help="Which digits to read.")  # fmt: skip


class _ShardType(click.ParamType):  # type: ignore[type-arg, unused-ignore]
    """A shard such as 3/100."""

    name = "K/N"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Shard:
        if isinstance(value, Shard):
            return value
        try:
            return Shard.parse(value)
        except InputError as error:
            self.fail(error.reason, param, ctx)


SHARD = click.option("--shard", type=_ShardType(), metavar="K/N", help="Read part K of N only, by a hash of each path: one "
                     "for each machine. `inkdigits join` joins what they write.")  # fmt: skip


def reader_options(*declared: Callable[[_Verb], _Verb]) -> Callable[[_Verb], Any]:
    """Give a verb these options. It is called with `options`, an `Options`, in place of their values."""

    def decorate(verb: _Verb) -> Any:
        @wraps(verb)
        def with_options(**values: Any) -> Any:
            given = {name: values.pop(name) for name in NAMES if name in values}
            return verb(options=Options.from_dict(given), **values)

        decorated: Any = with_options
        for declare in reversed(declared):
            decorated = declare(decorated)
        return decorated

    return decorate
