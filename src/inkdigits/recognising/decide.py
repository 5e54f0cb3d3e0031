"""Probabilities → a `Digit`: calibration, and the decision to abstain."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from inkdigits.errors import InputError
from inkdigits.results import Digit, Reason


def calibrate(probabilities: npt.NDArray[np.float32], temperature: float) -> npt.NDArray[np.float32]:
    """Return softmax(log p / temperature), row by row: float32 (N, 10 or 11) → one of the same shape.

    One number, fitted on writers that the network never saw, makes "99 %" mean right in 99 of 100 cases without changing
    any answer. Source: Guo et al., "On Calibration of Modern Neural Networks", 2017.
    """
    if temperature == 1.0:
        return probabilities
    logits = np.log(np.maximum(probabilities, np.float32(1e-30))) / np.float32(temperature)
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=1, keepdims=True), np.float32)


@dataclass(frozen=True, eq=False)
class Beliefs:
    """What a network believes of N glyphs, calibrated.

    `digits` float32 (N, 10): the probability of each digit, given that it is one; rows sum to 1.
    `confidence` float32 (N,): the probability that it is a digit and the most probable one.
    `not_digit` float32 (N,): the probability that it is no digit; 0 from networks that know only digits.
    """

    digits: npt.NDArray[np.float32]
    confidence: npt.NDArray[np.float32]
    not_digit: npt.NDArray[np.float32]


def believe(raw: npt.NDArray[np.float32], temperature: float) -> Beliefs:
    """Return what a network's own softmax, float32 (N, 10 or 11), amounts to."""
    calibrated = calibrate(raw, temperature)
    if calibrated.shape[1] == 10:
        return Beliefs(calibrated, calibrated.max(axis=1), np.zeros(len(calibrated), np.float32))
    digits, not_digit = calibrated[:, :10], calibrated[:, 10]
    total = np.maximum(digits.sum(axis=1, keepdims=True), np.float32(1e-30))
    return Beliefs(np.asarray(digits / total, np.float32), digits.max(axis=1), not_digit)


def decide(
    beliefs: Beliefs,
    row: int,
    glyph: npt.NDArray[np.uint8],
    box: tuple[int, int, int, int],
    source: str,
    threshold: float,
) -> Digit:
    """Return the answer for one glyph, a row of the beliefs; below `threshold` it abstains, and says why."""
    probabilities = beliefs.digits[row]
    best, confidence = int(np.argmax(probabilities)), float(beliefs.confidence[row])
    if confidence >= threshold:
        return Digit(best, best, confidence, probabilities, None, glyph, box, source)
    reason: Reason = "not a digit" if float(beliefs.not_digit[row]) > confidence else "unsure"
    return Digit(None, best, confidence, probabilities, reason, glyph, box, source)


def blank(source: str) -> Digit:
    """Return the answer for a picture without ink: every digit is equally improbable, at every level of trust."""
    even = np.full(10, 0.1, np.float32)
    return Digit(None, 0, 0.0, even, "blank", np.zeros((28, 28), np.uint8), None, source)


def unreadable(error: InputError, source: str) -> Digit:
    """Return what stands for the digit of a source that could not be read."""
    return replace(blank(source), reason="unreadable", error=error)
