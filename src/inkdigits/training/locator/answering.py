"""How far the locator and the digit network can be trusted together: fitted on synthetic pages that neither has seen.

Pages are read as any picture is; each mark is compared with the truth. Logistic regression then tells, from what both
networks say, how probably a mark is a digit, the right digit, and how probably a whole number is right.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from inkdigits.locating import numbers
from inkdigits.locating.maps import sigmoid
from inkdigits.network.session import Network
from inkdigits.recognising import posterior, whole_line
from inkdigits.synthetic.pages.truth import SyntheticPage
from inkdigits.training.locator.known_pages import IGNORED, UNMATCHED, ReadPage, read

Values = npt.NDArray[np.float32]

_POWERS = np.round(np.arange(0.1, 1.25, 0.1), 2)
_MOST_WRONG = {"strict": 1 / 300, "normal": 1 / 20}  # of the digits answered at each level of trust, on these pages
_STRENGTH = 1e-3  # of the penalty on weights


def fit(pages: list[SyntheticPage], net: Network) -> dict[str, Any]:
    """Return the "answering" part of the locator's config (see `posterior.Answering`), and what it is fitted on."""
    known = [read(page, net) for page in pages]
    classes = np.concatenate([p.found.classes[p.rows] for p in known])
    raw = np.concatenate([p.raw for p in known])
    truth = np.concatenate([p.truth for p in known])
    label = np.concatenate([[int(p.digits[t].sign) if t >= 0 else UNMATCHED for t in p.truth] for p in known]).astype(
        int
    )
    counted = truth != IGNORED
    powers = _powers(classes[label >= 0], raw[label >= 0], label[label >= 0])
    found: dict[str, Any] = {"powers": powers}
    for name, columns in (("", 11), ("_of_ten", 10)):
        said = normalised(raw, columns)
        digits = posterior.combined(classes, said, powers)
        ends = np.cumsum([0, *(len(p.rows) for p in known)])
        parts = [
            posterior.features(p.found, p.rows, said[a:b], digits[a:b])
            for p, a, b in zip(known, ends, ends[1:], strict=False)
        ]
        seen = np.concatenate(parts)[counted]
        is_digit = (truth >= 0)[counted]
        is_right = is_digit & (digits.argmax(axis=1) == label)[counted]
        found[f"present{name}"] = logistic(seen, is_digit)
        found[f"right{name}"] = logistic(seen, is_right)
        if not name:
            right = sigmoid(seen @ np.array(found["right"], np.float32))
            found["thresholds"] = thresholds(right, is_right)
    lines, whole = _numbers(known, found)
    found["line"] = logistic(lines, whole)
    counts = {
        "pages": len(pages),
        "marks": int(counted.sum()),
        "digits": int((truth >= 0).sum()),
        "numbers": len(whole),
    }
    return {"answering": found, "fitted_on": counts}


def normalised(raw: Values, columns: int) -> Values:
    """Return a digit network's probabilities as one without "not a digit" would give them, if only ten are wanted."""
    return raw if columns == 11 else np.asarray(raw[:, :10] / np.maximum(raw[:, :10].sum(axis=1, keepdims=True), 1e-9))


def _powers(classes: Values, raw: Values, label: npt.NDArray[np.int_]) -> tuple[float, float]:
    """Return the powers at which the two networks' product gives the true digits the highest likelihood."""
    rows = np.arange(len(label))

    def surprise(powers: tuple[float, float]) -> float:
        return float(-np.log(np.maximum(posterior.combined(classes, raw, powers)[rows, label], 1e-9)).mean())

    if not len(label):  # a network that finds nothing
        return 0.5, 0.5
    every = [(float(a), float(b)) for a in _POWERS for b in _POWERS]
    return min(every, key=surprise)


def logistic(seen: Values, wanted: npt.NDArray[np.bool_]) -> list[float]:
    """Return the weights of a logistic regression, by maximum likelihood with a slight penalty."""
    sign = np.where(wanted, 1.0, -1.0)
    values = seen.astype(np.float64)

    def loss(w: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        margin = sign * (values @ w)
        gradient = -(sign / (1 + np.exp(np.clip(margin, -40, 40)))) @ values / len(values) + 2 * _STRENGTH * w
        return float(np.logaddexp(0, -margin).mean() + _STRENGTH * w @ w), gradient

    if not len(values):
        return [0.0] * values.shape[1]
    return [float(v) for v in minimize(loss, np.zeros(values.shape[1]), jac=True, method="L-BFGS-B").x]


def thresholds(right: Values, is_right: npt.NDArray[np.bool_]) -> dict[str, float]:
    """Return for each level of trust the least confidence above which the share of wrong answers is within its bound."""
    order = np.argsort(-right)
    wrong = np.cumsum(~is_right[order]) / np.arange(1, len(order) + 1)
    levels = {}
    for level, most in _MOST_WRONG.items():
        good = np.flatnonzero(wrong <= most)
        levels[level] = float(right[order[good[-1]]]) if len(good) else 1.0
    return {**levels, "always": 0.0}


def _numbers(pages: list[ReadPage], known: dict[str, Any]) -> tuple[Values, npt.NDArray[np.bool_]]:
    """Return what is known of every number that is read, and whether it is right: its digits, all of them, in order."""
    seen, whole = [], []
    for page in pages:
        if not len(page.rows):
            continue
        digits = posterior.combined(page.found.classes[page.rows], page.raw, known["powers"])
        values = posterior.features(page.found, page.rows, page.raw, digits)
        present = sigmoid(values @ np.array(known["present"], np.float32))
        right = np.minimum(sigmoid(values @ np.array(known["right"], np.float32)), present)
        chosen = np.zeros(len(page.found), bool)
        chosen[page.rows[present >= posterior.PRESENT]] = True
        place = {int(row): i for i, row in enumerate(page.rows)}
        lengths: dict[int, int] = {}
        for mark in page.digits:
            lengths[mark.number] = lengths.get(mark.number, 0) + 1
        for row in numbers.rows(page.found, chosen):
            for number in row.numbers:
                own = [place[m] for m in number]
                if any(page.truth[i] == IGNORED for i in own):
                    continue
                marks = [page.digits[page.truth[i]] if page.truth[i] >= 0 else None for i in own]
                labels = [str(digits[i].argmax()) for i in own]
                first = marks[0]
                is_whole = first is not None and len(own) == lengths[first.number]
                for one, said in zip(marks, labels, strict=True):
                    is_whole = is_whole and one is not None and first is not None
                    is_whole = is_whole and one.number == first.number and one.sign == said  # type: ignore[union-attr]
                left_out = posterior.strongest_left_out(page.found, number, page.rows, present)
                seen.append(whole_line.features(right[own], left_out, page.found.goes_on[number[:-1]]))
                whole.append(is_whole)
    return (np.stack(seen) if seen else np.zeros((0, 4), np.float32)), np.array(whole, bool)
