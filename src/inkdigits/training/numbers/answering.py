"""How marks and strips are combined, and how far what both say can be trusted: fitted on pages that no network has seen.

Pages are read as any picture is. First the weight of the strips is sought with which most numbers are wholly right, then
how far a located separator is believed. Then logistic regressions tell, from what all networks say, how probably a digit
and a line are right.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from inkdigits.locating import glyphs, numbers
from inkdigits.locating.locate import Located
from inkdigits.locating.maps import sigmoid
from inkdigits.locating.numbers import Row
from inkdigits.network.session import Network
from inkdigits.recognising import number, posterior, rereading, whole_line
from inkdigits.recognising.combining import Combining
from inkdigits.recognising.number import StripOutputs
from inkdigits.recognising.posterior import Judged
from inkdigits.recognising.rereading import Reread
from inkdigits.synthetic.pages.truth import Mark, SyntheticPage
from inkdigits.training.locator import answering, known_pages
from inkdigits.training.locator.known_pages import IGNORED, UNMATCHED, ReadPage

Values = npt.NDArray[np.float32]
Counts = npt.NDArray[np.intp]

_WEIGHTS = (0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0)  # that are tried, of the strips' log-probabilities
_INSERTED = (-8.0, -6.0, -4.0, -2.5, -1.5)  # and log-probabilities of a sign without a mark
_BIASES, _SLOPES = (1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0), (1.0, 2.0)  # of Combining.separator


@dataclass(frozen=True, eq=False)
class _Page:
    """A page as the locator and the digit network read it, and what the network of numbers says of its rows."""

    read: ReadPage
    judged: Judged
    rows: list[Row]
    outputs: StripOutputs


def fit(pages: list[SyntheticPage], crops: list[SyntheticPage], net: Network) -> dict[str, Any]:
    """Return the parts "combining" and "answering" of the config of the network in use, and what they are fitted on.

    How surely a line is right is fitted on `crops`, pictures of a number or few; all else on `pages`. What many lines on
    pages are, words and dense small print, would make every clear number look doubtful.
    """
    known = [_asked(known_pages.read(page, net)) for page in pages]
    tried = {(w, i): _right(known, Combining(w, i)) for w in _WEIGHTS for i in _INSERTED}
    weight, inserted = _chosen(tried)
    # Both networks know that most digits have no separator behind them: together, they must not say so twice.
    believed = {made: int(_right(known, made).sum()) for made in _with_separators(weight, inserted)}
    fitted = max(believed, key=lambda made: believed[made])
    parts = [_features(page, page_reread(page, fitted), net) for page in known]
    digits = np.concatenate([part.digits for part in parts])
    of_ten = np.concatenate([part.digits_of_ten for part in parts])
    right = np.concatenate([part.right for part in parts])
    weights, weights_of_ten = answering.logistic(digits, right), answering.logistic(of_ten, right)
    in_context = np.concatenate([_in_context(part.digits, part.of_number, weights) for part in parts])
    in_context_of_ten = np.concatenate(
        [_in_context(part.digits_of_ten, part.of_number, weights_of_ten) for part in parts]
    )
    known_of = answering.logistic(in_context, right)
    said = sigmoid(in_context @ np.array(known_of, np.float32))
    lines, whole = [], []
    for crop in crops:
        page = _asked(known_pages.read(crop, net))
        part = _features(page, page_reread(page, fitted), net)
        own = _in_context(part.digits, part.of_number, weights)
        lines.append(part.lines(sigmoid(own @ np.array(known_of, np.float32))))
        whole.append(part.whole)
    return {
        "combining": asdict(fitted),
        "answering": {
            "right": weights,
            "right_of_ten": weights_of_ten,
            "in_context": known_of,
            "in_context_of_ten": answering.logistic(in_context_of_ten, right),
            "line": answering.logistic(np.concatenate(lines), np.concatenate(whole)),
            "thresholds": answering.thresholds(said, right),
        },
        "fitted_on": {
            "pages": len(pages),
            "digits": len(right),
            "crops": len(crops),
            "lines": sum(map(len, whole)),
            "right with marks alone": int(_right(known, None).sum()),
            "right with both": believed[fitted],
        },
    }


def _asked(page: ReadPage) -> _Page:
    judged = posterior.judge(page.found, page.rows, page.raw)
    chosen = np.zeros(len(page.found), bool)
    chosen[page.rows[judged.present >= posterior.PRESENT]] = True
    rows = numbers.rows(page.found, chosen)
    return _Page(page, judged, rows, number.read_rows(page.located, rows))


def page_reread(page: _Page, fitted: Combining) -> Reread:
    """Return a page's rows once more, with a way to combine marks and strips."""
    return rereading.reread(page.read.located, page.rows, page.read.rows, page.judged, page.outputs, fitted)


def _with_separators(weight: float, inserted: float) -> list[Combining]:
    """Return the ways in which separators may be believed, with weights that have been chosen."""
    return [Combining(weight, inserted, bias, slope) for slope in _SLOPES for bias in _BIASES]


def _chosen(tried: dict[tuple[float, float], Counts]) -> tuple[float, float]:
    """Return the least weight with which hardly fewer numbers are right than with the best: by one standard error at most.

    Pages are other material than photos: what is gained by chance on them is not taken for a reason to believe one network
    more. Source of the rule: Breiman and others, "Classification and Regression Trees", 1984.
    """
    best = max(tried, key=lambda choice: int(tried[choice].sum()))

    def is_near(choice: tuple[float, float]) -> bool:
        lost = (tried[best] - tried[choice]).astype(np.float64)
        return float(lost.sum()) <= float(np.sqrt(len(lost) * lost.var()))

    return min(filter(is_near, tried), key=lambda choice: (choice[0], -int(tried[choice].sum())))


def _right(pages: list[_Page], fitted: Combining | None) -> Counts:
    """Return how many numbers of each page are wholly right, with their separators; without `fitted` as marks alone say."""
    counts = np.zeros(len(pages), np.intp)
    for i, page in enumerate(pages):
        if fitted is None:
            of_mark = dict(zip(page.read.rows.tolist(), page.judged.digits.argmax(axis=1).tolist(), strict=True))
            rows, located = page.rows, page.read.located
        else:
            made = page_reread(page, fitted)
            of_mark = {mark: int(share.argmax()) for mark, share in made.shares.items()}
            rows, located = made.rows, made.located
        counts[i] = sum(bool(one.whole) for one in _known(page.read, located, rows, of_mark))
    return counts


class Known(NamedTuple):
    """A number as it was read: its marks, which of the true digits each is, if that is right, and if all of it is.

    `whole`, which counts its separators, is None where it is open: a part of the number is out of sight.
    """

    marks: list[int]
    truth: list[int]
    right: list[bool]
    whole: bool | None


def _known(page: ReadPage, located: Located, rows: list[Row], said: dict[int, int]) -> list[Known]:
    """Return for each number of rows whether its digits, and all of it, are what the page is known to hold."""
    marks = np.array([m for row in rows for part in row.numbers for m in part], np.intp)
    marks = marks[np.argsort(-located.found.scores[marks], kind="stable")]
    truth = dict(zip(marks.tolist(), known_pages.matched(located.found, marks, page.digits, page.known), strict=True))
    texts: dict[int, str] = {}
    for mark in sorted(page.known.truth.marks, key=lambda m: (m.number, m.place)):
        texts[mark.number] = texts.get(mark.number, "") + mark.sign
    found: list[Known] = []
    for row in rows:
        own: list[int] = []
        text, parts = "", []
        for token in [*row.tokens, numbers.Token(" ")]:
            if token.text == " ":
                parts.append((own, text))
                own, text = [], ""
            elif token.mark is None:
                text += token.text
            else:
                own.append(token.mark)
                text += str(said.get(token.mark, ""))
        for own, text in parts:
            numbered = [truth[m] for m in own]
            each = [truth[m] >= 0 and str(said.get(m)) == page.digits[truth[m]].sign for m in own]
            which = {page.digits[truth[m]].number if truth[m] >= 0 else UNMATCHED for m in own}
            is_open = any(truth[m] == IGNORED for m in own)
            whole = len(which) == 1 and texts.get(next(iter(which))) == text
            found.append(Known(own, numbered, each, None if is_open else whole))
    return found


def _in_context(seen: Values, of_number: npt.NDArray[np.intp], weights: list[float]) -> Values:
    """Return features of a page's digits, with those of `posterior.context` behind them."""
    odds = seen @ np.array(weights, np.float32)
    return np.concatenate([seen, posterior.context(odds, of_number)], axis=1)


@dataclass(frozen=True, eq=False)
class _Line:
    """What is known of a line: how many digits it has, and arguments of `whole_line.features`."""

    count: int
    left_out: float
    links: Values
    added: Values


@dataclass(frozen=True, eq=False)
class _Features:
    """What is known of the digits and lines of a page, and whether they are right."""

    digits: Values
    digits_of_ten: Values
    right: npt.NDArray[np.bool_]
    of_number: npt.NDArray[np.intp]
    lines_made: list[_Line]
    whole: npt.NDArray[np.bool_]

    def lines(self, right: Values) -> Values:
        """Return the features of each line, where digits are `right` so probably."""
        made = [np.zeros((0, 4 + len(posterior.NO_NUMBER)), np.float32)]
        end = 0
        for one in self.lines_made:
            start, end = end, end + one.count
            line = whole_line.features(right[start:end], one.left_out, one.links)
            made.append(np.concatenate([line, one.added])[None])
        return np.concatenate(made)


def _features(page: _Page, made: Reread, net: Network) -> _Features:
    """Return what is known of those lines of a page of which the truth and the network of numbers tell all."""
    read, found = page.read, made.located.found
    new = np.array(sorted(m for m in made.of_digit if m >= made.first), np.intp)
    rows = np.concatenate([read.rows, new])
    raw = read.raw
    if len(new):
        raw = np.concatenate([raw, net.probabilities(glyphs.glyphs(made.located, new))])
    judged = posterior.judge(found, rows, raw)
    shares, added = judged.digits.copy(), np.zeros((len(rows), len(posterior.NO_NUMBER)), np.float32)
    place = {int(row): i for i, row in enumerate(rows)}
    for mark, share in made.shares.items():
        shares[place[mark]], added[place[mark]] = share, made.of_digit[mark]
    seen, seen_of_ten = (
        np.concatenate([posterior.features(found, rows, said, shares), added], axis=1)
        for said in (raw, answering.normalised(raw, 10))
    )
    said = {int(row): int(shares[i].argmax()) for i, row in enumerate(rows)}
    known = iter(_known(read, made.located, made.rows, said))
    which: list[int] = []
    right: list[bool] = []
    of_number: list[int] = []
    whole: list[bool] = []
    lines: list[_Line] = []
    for row, outputs in zip(made.rows, made.of_row, strict=True):
        parts = [next(known) for _ in outputs]
        least = whole_line.least_sure(outputs)
        is_whole = _is_line(parts, read.digits)
        if is_whole is None or not least.any():
            continue
        marks = [m for part in parts for m in part.marks]
        left_out = max(posterior.strongest_left_out(found, part, rows, judged.present) for part in row.numbers)
        links = np.concatenate([found.goes_on[part.marks[:-1]] for part in parts])
        lines.append(_Line(len(marks), left_out, links, least))
        for part in parts:
            of_number += [of_number[-1] + 1 if of_number else 0] * len(part.marks)
            right += part.right
        which += [place[m] for m in marks]
        whole.append(is_whole)
    chosen = np.array(which, np.intp)
    return _Features(
        seen[chosen],
        seen_of_ten[chosen],
        np.array(right, bool),
        np.array(of_number, np.intp),
        lines,
        np.array(whole, bool),
    )


def _is_line(parts: list[Known], digits: list[Mark]) -> bool | None:
    """Tell whether a line's digits are, in order, all those of the numbers that they are in; None where that is open."""
    if any(part.whole is None for part in parts):
        return None
    if not all(right for part in parts for right in part.right):
        return False
    read = [digits[i] for part in parts for i in part.truth]
    numbers_read = [list(group) for _, group in groupby(read, key=attrgetter("number"))]
    every: dict[int, list[int]] = {}
    for digit in sorted(digits, key=attrgetter("place")):
        every.setdefault(digit.number, []).append(digit.place)
    return all([digit.place for digit in group] == every[group[0].number] for group in numbers_read)
