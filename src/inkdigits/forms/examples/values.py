"""What people write on the sheets of each example: texts by the keys of cells, True for a box that is ticked."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from typing import TypeAlias

import numpy as np

Random = np.random.Generator
Texts: TypeAlias = "dict[str, str | bool]"

WRONG_TOTALS = 0.02  # share of the sheets on which the writer has added up wrongly
_CLASS = 400  # student numbers in the list
_ZIPS = 2000  # ZIP codes in the list


def lists(name: str) -> Mapping[str, str]:
    """Return the list files of an example, as text by file name; they are the same in every run."""
    random = np.random.default_rng(19)
    if name == "marks":
        return {"class.csv": "number\n" + "".join(f"{n}\n" for n in students(random))}
    if name == "envelope":
        numbers = sorted(random.choice(99_000, size=_ZIPS, replace=False) + 501)
        return {"zip.csv": "zip\n" + "".join(f"{n:05d}\n" for n in numbers)}
    return {}


def students(random: Random) -> list[str]:
    """Return student numbers that differ from each other in two digits at least, as numbers that are given out should."""
    made: list[str] = []
    for number in random.permutation(100_000)[: 4 * _CLASS].tolist():
        # Two sums as last digits: a number with one wrong digit is none of the list.
        text = f"{number:05d}"
        first = sum(int(d) * (i + 1) for i, d in enumerate(text)) % 10
        made.append(f"{text}{first}{sum(map(int, text)) % 10}")
        if len(made) == _CLASS:
            break
    return made


def of_sheet(name: str, random: Random, number: int) -> Texts:
    """Return what is written on sheet `number`, from 0, of an example. Raises KeyError for a name that is none."""
    return _MAKERS[name](random, number)


def _marks(random: Random, number: int) -> Texts:
    listed = lists("marks")["class.csv"].split()[1:]
    day = _day(random, 2020, 2030)
    texts: Texts = {"student": listed[number % len(listed)], "day": f"{day:%d%m%Y}"}
    if random.random() < 0.03:
        return texts | {"absent": True, "total": "0"}
    points = random.integers(0, 13, 8)
    left_out = random.random(8) < 0.08
    points[left_out] = 0
    texts |= {f"task[{i + 1}]": str(p) for i, p in enumerate(points.tolist()) if not left_out[i]}
    return texts | {"total": str(_added(int(points.sum()), random))}


def _cheque(random: Random, number: int) -> Texts:
    cents = int(np.exp(random.uniform(np.log(500), np.log(9_999_999))))
    day = _day(random, 2020, 2030)
    account = "".join(map(str, random.integers(0, 10, 9).tolist()))
    texts: Texts = {
        "stub": f"{cents // 100}{random.choice(list('.,'))}{cents % 100:02d}",
        "number": f"{int(random.integers(1, 1_000_000)):06d}",
        "day": f"{day:%d%m%Y}",
        "amount": f"{cents:03d}".rjust(7),
        "account": account + luhn(account),
    }
    return texts | ({"crossed": True} if random.random() < 0.4 else {})


def _envelope(random: Random, number: int) -> Texts:
    known = lists("envelope")["zip.csv"].split()[1:]
    texts: Texts = {"zip": str(random.choice(known)), "sender": f"{int(random.integers(501, 99_951)):05d}"}
    if random.random() < 0.9:
        customer = "0"
        while (check := mod11(customer)) is None or len(customer) != 5:
            customer = f"{int(random.integers(0, 100_000)):05d}"
        texts["customer"] = customer + check
    return texts


def _weather(random: Random, number: int) -> Texts:
    year, month = int(random.integers(1870, 1960)), int(random.integers(1, 13))
    days = (datetime.date(year + month // 12, month % 12 + 1, 1) - datetime.date(year, month, 1)).days
    usual = 62 - 22 * np.cos((month - 0.7) / 12 * 2 * np.pi)
    high = np.clip(np.rint(usual + np.cumsum(random.normal(0, 2.5, days)) * 0.7 + random.normal(0, 4, days)), 12, 118)
    low = np.clip(high - np.rint(random.uniform(6, 28, days)), 0, None)
    rain = np.where(random.random(days) < 0.35, np.ceil(random.exponential(35, days)), 0).clip(max=400)
    texts: Texts = {"station": f"{int(random.integers(1, 10_000)):04d}", "month": str(month), "year": str(year)}
    for i in range(days):
        texts |= {f"day[{i + 1}].max": str(int(high[i])), f"day[{i + 1}].min": str(int(low[i]))}
        if rain[i]:
            texts[f"day[{i + 1}].rain"] = str(int(rain[i]))
    for column, values in (("max", high), ("min", low), ("rain", rain)):
        texts[f"sums[all].{column}"] = str(_added(int(values.sum()), random))
    return texts


_MAKERS: dict[str, Callable[[Random, int], Texts]] = {
    "marks": _marks,
    "cheque": _cheque,
    "envelope": _envelope,
    "weather": _weather,
}
NAMES = tuple(_MAKERS)


def _day(random: Random, first: int, last: int) -> datetime.date:
    start = datetime.date(first, 1, 1)
    return start + datetime.timedelta(days=int(random.integers((datetime.date(last, 1, 1) - start).days)))


def _added(total: int, random: Random) -> int:
    """Return a total as people write it: now and then they add up wrongly."""
    off = int(random.choice([-10, -1, 1, 2, 10])) if random.random() < WRONG_TOTALS else 0
    return max(total + off, 0)


def luhn(digits: str) -> str:
    """Return the check digit behind some digits, after Luhn (1960)."""
    doubled = [int(d) * (2 if i % 2 == 0 else 1) for i, d in enumerate(reversed(digits))]
    return str(-sum(d - 9 if d > 9 else d for d in doubled) % 10)


def mod11(digits: str) -> str | None:
    """Return the check digit behind some digits with weights 2, 3, … from the right, modulo 11; None if it would be ten."""
    rest = -sum(int(d) * (i + 2) for i, d in enumerate(reversed(digits))) % 11
    return None if rest == 10 else str(rest)
