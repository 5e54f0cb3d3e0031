"""Options are checked where they are made, and are the same after any journey: pickle, JSON, a line of a record."""

import json
import pickle
from dataclasses import fields
from pathlib import Path

import pytest

import inkdigits
from inkdigits.options import NAMES, Given, Options

SOME = Options(model="classic", trust="strict", expect=(r"\d{5}", "luhn"), ink="any")


def test_every_option_can_be_given():
    """What type checkers are told of is what there is."""
    assert set(Given.__annotations__) == set(NAMES) == {field.name for field in fields(Options)}


def test_pickle_and_json_give_back_the_same():
    for options in (Options(), SOME):
        assert pickle.loads(pickle.dumps(options)) == options
        assert Options.from_dict(json.loads(json.dumps(options.to_dict()))) == options
    assert len({Options(), SOME, Options.of(), pickle.loads(pickle.dumps(SOME))}) == 2


def test_what_people_give_becomes_plain_values():
    assert Options.of(expect=r"\d", model=Path("runs/one")) == Options(expect=(r"\d",), model="runs/one")
    assert Options.of(expect=["luhn", "length:3"]).expect == ("luhn", "length:3")
    assert Options.of(expect=None) == Options(expect=None) == Options.from_dict({"expect": None}) == Options()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"trust": "blind"}, "strict, normal or always"),
        ({"trust": ["strict"]}, "strict, normal or always"),
        ({"ink": "pencil"}, "handwritten, printed or any"),
        ({"expect": 5}, "neither a text"),
        ({"expect": [5]}, "neither a text"),
        ({"expect": b"luhn"}, "neither a text"),
        ({"model": 7}, "not a name or a path"),
        ({"model": None}, "not a name or a path"),
    ],
)
def test_values_that_mean_nothing_are_refused_in_one_line(given, words):
    for make in (Options.of, inkdigits.Reader, lambda **o: inkdigits.read("x.png", **o)):
        with pytest.raises(inkdigits.InputError, match=words) as refused:
            make(**given)
        assert "\n" not in str(refused.value)


def test_names_that_are_none_are_refused():
    for make in (Options.of, inkdigits.Reader, lambda **o: inkdigits.read("x.png", **o)):
        with pytest.raises(TypeError, match="tust"):
            make(tust="strict")
    with pytest.raises(TypeError, match="no option expect, ink for classify"):
        inkdigits.classify("x.png", expect="luhn", ink="any")


def test_a_description_is_one_line_and_differs_with_every_option():
    several = [Options(), *(Options(**{name: getattr(SOME, name)}) for name in NAMES)]
    lines = [options.description() for options in several]
    assert len(set(lines)) == len(several) and not any("\n" in line for line in lines)
    assert SOME.description().startswith("model classic ") and SOME.description().endswith(
        r", trust strict, expect \d{5}, expect luhn, ink any"
    )
    long = [Options(expect=("values:" + ",".join(map(str, range(n))),)).description() for n in (999, 1000)]
    assert long[0] != long[1] and max(map(len, long)) < 150
