"""The part of docs/results.md about numbers on pages, strips and forms, and its rows in README's table."""

from __future__ import annotations

import json
from typing import Any

from results_parts import RESULTS, percent, results, source


def share(row: dict[str, Any]) -> str:
    """Return a share with its count and its 95 % interval."""
    low, high = row["interval"]
    return f"{percent(row['share'], 1)} ({row['right']} of {row['of']}; {percent(low, 1)} to {percent(high, 1)})"


def before() -> dict[str, Any]:
    """Return what the rules of version 0.1 reached on the same material (benchmarks/results/rules_before.json)."""
    return json.loads((RESULTS / "rules_before.json").read_text(encoding="utf-8"))


def pages_part() -> str:
    """Return the part: strings, pages and registers, forms, letters, cases."""
    strings, pages, forms, words, cases = (
        results(name) for name in ("strings_tune", "dev_pages_default_tune", "forms_tune", "words_tune", "cases")
    )
    old = before()
    ours, theirs = strings["readers"]["Inkdigits"], strings["readers"].get("RapidOCR")
    rows = []
    for name, row in ours["sets"].items():
        beside = (
            f"{percent(theirs['sets'][name]['share'], 1)} / {percent(theirs['sets'][name]['character_error'], 1)}"
            if theirs
            else ""
        )
        rules = old["strings"][name]
        rows.append(
            f"| {name} | {share(row)} | {percent(row['character_error'], 1)} | {rules[0]} / {rules[1]} % | {beside} |"
        )
    sheets, submitty = forms["sheets"]["Inkdigits"], forms["submitty"]
    kinds = "\n".join(
        f"| {name}, {row['pictures']} pictures | {percent(row['right'], 1)} ({percent(row['interval'][0], 1)} to {percent(row['interval'][1], 1)}), "
        f"character error {percent(row['character_error'], 1)} | {old[name]} |"
        for name, row in pages["sets"].items()
    )
    letters = words["letters"]["per_100"]
    total = cases["all"]
    return f"""
## Numbers on pages, strips and forms

Real handwriting that trained nothing, **on the tuning halves**: failures were looked at there, so other people's pages may be read worse. The reporting halves have not been
opened for this reader. Digits in reading order, separators aside, trust `always`; “rules” is the reader of version 0.1, which found digits by rules, on the same pictures; RapidOCR
(PP-OCRv6) reads each picture as one line, in the same run. The sets are not part of the project.

| strings | wholly right (95 % interval) | character error | rules: right / error | RapidOCR: right / error |
|---|---|---|---|---|
{chr(10).join(rows)}
| **mean of the sets** | **{percent(ours["mean"]["share"], 1)}** | {percent(ours["mean"]["character_error"], 1)} | {old["strings"]["mean"][0]} / {old["strings"]["mean"][1]} % | {percent(theirs["mean"]["share"], 1) + " / " + percent(theirs["mean"]["character_error"], 1) if theirs else ""} |
| with separators, cheque_fields and ink_others | {share(ours["separators"])} | | {old["strings"]["separators"]} % | {share(theirs["separators"]) if theirs else ""} |

{source(strings)}
| other material | Inkdigits | rules |
|---|---|---|
{kinds}
| numbers on {sheets["pictures"]} photos and scans of forms and tables, found without a template, mean of the pictures (default trust) | {percent(sheets["found_mean"], 1)}, precision {share(sheets["precision"])} | {old["forms"]} |
| the same numbers from their own crops, mean of the pictures | {percent(sheets["crops_mean"], 1)} | {old["crops"]} |
| upright forms that were turned | {sheets["turned"]} of {sheets["pictures"]} | {old["turned"]} |
| 18 exam sheets with a nine-digit number in boxes (trust `always`): number found; answered digits beside it, a sheet | {share(submitty)}; {submitty["beside"]:.1f} | {old["submitty"]} |
| answered digits per 100 handwritten letters (without look-alikes): strict, normal | {letters["strict"]:.1f}, {letters["normal"]:.1f} | {old["letters"]} |
| small cases of combs, tables and rings made by script, right with trust `always` | {total["always"]} of {total["pictures"]} | {old["cases"]} |

{source(forms)}"""


def readme_rows() -> str:
    """Return the rows of README's table."""
    strings, forms, pages = (results(name) for name in ("strings_tune", "forms_tune", "dev_pages_default_tune"))
    ours, theirs = strings["readers"]["Inkdigits"], strings["readers"].get("RapidOCR")
    sheets, other = (forms["sheets"].get(reader) for reader in ("Inkdigits", "RapidOCR"))
    cells = pages["sets"]["registers"]
    count = sum(row["of"] for row in ours["sets"].values())

    def beside(share: float | None) -> str:
        return "" if share is None else f"RapidOCR {percent(share, 1)}"

    other_cells = cells.get("RapidOCR")
    return (
        f"| {count} pictures of one number, five sets, mean | {percent(ours['mean']['share'], 1)} wholly right | {beside(theirs and theirs['mean']['share'])} |\n"
        f"| {cells['pictures']} cells of parish registers | {percent(cells['right'], 1)} wholly right | {beside(other_cells and other_cells['right'])} |\n"
        f"| numbers on {sheets['pictures']} photos and scans of forms, mean | {percent(sheets['found_mean'], 1)} found | {beside(other and other['found_mean'])} |\n"
    )
