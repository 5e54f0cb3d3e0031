"""The parts of docs/results.md about folders, the page and the server."""

from __future__ import annotations

from results_parts import RESULTS, results, source


def serving_page() -> str:
    """Return the parts that have been measured."""
    parts = {"folder": folder_part, "page": page_part, "camera": camera_part, "api_load": server_part}
    return "".join(part() for name, part in parts.items() if (RESULTS / f"{name}.json").exists())


def folder_part() -> str:
    """Return the part about many files."""
    document = results("folder")
    runs = document["runs"]
    rows = "\n".join(
        f"| {name} | {run['pictures']:,} | {run['seconds']:.0f} s | {run['pictures_a_second']:.0f} |"
        for name, run in runs.items()
    )
    ratios = [
        runs[f"{verb}, jobs 2"]["pictures_a_second"] / runs[f"{verb}, jobs 1"]["pictures_a_second"]
        for verb in ("classify", "read")
    ]
    killed = document["killed_in_the_middle"]
    return f"""
## A folder of pictures

Scenes with a digit in them, 9 to 90 pixels high, one file each; wall time of the whole command, start of its processes included.
Two processes on two cores are {ratios[0]:.2f} times as fast for `classify`, {ratios[1]:.2f} times for `read`.

| command | pictures | time | pictures a second |
|---|---|---|---|
{rows}

Killed by kill -9 after {killed["before_the_kill"]:,} pictures and started again: {killed["after_it"]:,} more were read, {killed["lost"]} were lost,
{killed["doubled"]} were read twice.

{source(document)}"""


def page_part() -> str:
    """Return the part about the page in a browser."""
    document = results("page")
    ink, files = document["ink_to_answer_ms"], document["bytes_by_file"]
    weights = sum(size for name, size in files.items() if name.endswith(".bin"))
    return f"""
## The page

In {document["browser"]} on this machine, served by `inkdigits serve`, opened with an empty cache: **{document["bytes"] / 1000:.0f} kB** come over the
wire in {len(files)} files until an example is read, of which {weights / 1000:.0f} kB are the network's weights; the first answer stands there after
**{document["first_answer_seconds_median"]:.2f} s** (median of {len(document["first_answer_seconds"])} openings, {min(document["first_answer_seconds"]):.2f} to {max(document["first_answer_seconds"]):.2f} s). From ink to answer, while ten digits and a
number of three are drawn: **{ink["median"]:.1f} ms** median, {ink["p95"]:.1f} ms for 95 of 100, {ink["max"]:.1f} ms at most ({document["looks"]} looks).

{source(document)}"""


def camera_part() -> str:
    """Return the part about the page's camera."""
    document = results("camera")
    gaps = document["ms_between_answers"]
    return f"""
### The camera

{document["browser"]} without a window films a sheet with {document["filmed"]} on it (640×480) for {document["seconds"]:.0f} s, server and browser on the same cores:
**{document["pictures_a_second"]:.1f} pictures a second** are read (wanted: 10; the page asks for 15 at most), {gaps["median"]:.0f} ms from answer to answer, median, and {gaps["max"]:.0f} ms at
most; in the end “{document["read"]}” stands there.

{source(document)}"""


def server_part() -> str:
    """Return the part about the server under load."""
    document = results("api_load")
    small, crowd = document["classify_28x28"], document["crowd"]
    half = ", ".join(f"{name.replace('_', ' ')} {value:,}" for name, value in small["half_load"].items())
    answers = "\n".join(f"| {what} | {count:,} |" for what, count in crowd["answers"].items())
    memory = crowd["memory_mb"]
    return f"""
## The server under load

`POST /classify` of 28×28 PNGs over {small["connections"]} connections that are kept alive, client and server on the same cores:
**{small["requests_a_second"]:,.0f} requests a second**. At half that rate, at random times: {half}.

{crowd["clients"]} clients at once for {crowd["seconds"]} s, with good, bad, huge, slow and abandoned requests: {crowd["wrong_answers_or_errors_outside_the_contract"]} wrong answers or errors outside
the contract; the memory of the server and its workers {memory["middle_third"]:,} MB in the middle third of the time and {memory["last_third"]:,} MB in the last.

| request, answer | times |
|---|---|
{answers}

{source(document)}"""
