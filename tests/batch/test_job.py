"""A job goes to another process with all of its options, and answers there as here."""

import pickle

import pytest

import inkdigits
from inkdigits.batch.job import Job
from inkdigits.options import Options
from inkdigits.workers.work import Item
from tests.conftest import SAMPLES

SEVEN = str(SAMPLES / "7-crossed.jpg")


@pytest.mark.parametrize(
    ("verb", "options"),
    [("classify", Options(model="classic", trust="strict")), ("read", Options(expect=("values:1,4",), ink="any"))],
)
def test_a_job_is_the_same_in_another_process(verb, options):
    job = Job(verb, "json", options)
    assert pickle.loads(pickle.dumps(job)) == job
    reader = inkdigits.Reader(**options.to_dict())
    own = reader.classify(SEVEN) if verb == "classify" else reader.read(SEVEN)
    answers = list(job(None, [Item(SEVEN), Item("nothing.png")]))
    assert [answer.lines for answer in answers if answer] == [[own.to_json()], []]
    assert answers[0] is None and "nothing.png" in str(answers[-1].error)  # after a page, for the time limit


def test_a_job_that_cannot_be_done_is_refused_before_any_picture():
    for options in (Options(model="nonsense"), Options(expect=("[",))):
        with pytest.raises(inkdigits.InputError):
            Job("read", "json", options).begin()


def test_a_description_names_version_verb_and_every_option():
    said = Job("read", "csv", Options(expect=("luhn",), ink="printed")).description()
    assert said.startswith(f"inkdigits {inkdigits.__version__} read, model default ")
    assert said.endswith(", trust normal, expect luhn, ink printed")
