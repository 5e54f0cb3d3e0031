"""What is written by hand: digits, numbers with their separators, and letters."""

from __future__ import annotations

import numpy as np

from inkdigits.synthetic.pages.printing import word

# How often a number has 1, 2, 3, … digits.
_LENGTHS = np.array([17, 16, 14, 12, 10, 9, 7, 7, 5, 5, 3, 2], np.float64)
# Share of each digit. A 1 is most easily taken for a line, a slash or a letter, and a 7 is written in most ways.
_SHARES = np.array([0.11, 0.17, 0.09, 0.09, 0.09, 0.09, 0.08, 0.12, 0.08, 0.08])
_NO_DIGITS = "acdefhkmnprtuvwxABCEFHJKLMNPRTUVWXY"  # letters that look like no digit where they stand alone


def digits(random: np.random.Generator, count: int | None = None) -> str:
    """Return digits, 1 and 7 more often than the others; one number of eight has rows of 0 or of another digit."""
    count = count or 1 + int(random.choice(len(_LENGTHS), p=_LENGTHS / _LENGTHS.sum()))
    drawn = [str(d) for d in random.choice(10, size=count, p=_SHARES)]
    if count > 1 and random.random() < 0.13:
        repeated = "0" if random.random() < 0.6 else str(random.integers(10))
        run = int(random.integers(2, count + 1))
        first = int(random.integers(count - run + 1))
        drawn[first : first + run] = [repeated] * run
    return "".join(drawn)


def number(random: np.random.Generator) -> str:
    """Return a number as people write it: mostly digits alone; decimals, dates, times, thousands, hyphens, below zero."""
    way = random.random()

    def short(most: int) -> str:
        return digits(random, int(random.integers(1, most + 1)))

    if way < 0.51:
        return digits(random)
    if way < 0.54:
        return "-" + short(4) + ("." + short(2) if random.random() < 0.4 else "")
    if way < 0.67:
        return short(4) + str(random.choice([".", ","], p=[0.6, 0.4])) + digits(random, int(random.integers(1, 4)))
    if way < 0.73:
        return short(3) + "," + digits(random, 3) + (f".{digits(random, 2)}" if random.random() < 0.4 else "")
    if way < 0.87:
        sign = str(random.choice(["/", "-", "."], p=[0.5, 0.25, 0.25]))
        parts = [short(2), short(2), digits(random, int(random.choice([2, 4])))]
        return sign.join(parts[: int(random.choice([2, 3], p=[0.3, 0.7]))])
    if way < 0.95:
        return f"{short(2)}:{digits(random, 2)}"
    return short(4) + "-" + short(4)


def letters(random: np.random.Generator, most: int = 8) -> str:
    """Return a handwritten word: letters as print has them, or any letters at all."""
    if random.random() < 0.7:
        text = word(random)
        return text if len(text) > 1 else letter(random)
    count = int(random.integers(1, most + 1))
    if count == 1:
        return letter(random)
    alphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    return "".join(alphabet[i] for i in random.integers(len(alphabet), size=count))


def letter(random: np.random.Generator) -> str:
    """Return a single letter, none that could be a digit where no other letter stands beside it."""
    return _NO_DIGITS[int(random.integers(len(_NO_DIGITS)))]
