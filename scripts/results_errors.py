"""The parts of docs/results.md about what goes wrong: labels of the training set, and test digits that every seed misses."""

from __future__ import annotations

from results_parts import RESULTS, ROOT, results, source

SHOWN = 10


def errors_page() -> str:
    """Return the parts that have been measured."""
    return seeds_part() + labels_part()


def picture(name: str, what: str) -> str:
    """Return a picture of docs/images as Markdown: nothing if it is not there."""
    return f"![{what}](images/{name}.png)\n\n" if (ROOT / "docs" / "images" / f"{name}.png").exists() else ""


def seeds_part() -> str:
    """Return the part about test digits that are wrong in every seed."""
    names = [path.stem for path in sorted(RESULTS.glob("seed_errors_*.json"))]
    if not names:
        return ""
    documents = [results(name) for name in names]
    rows = "\n".join(
        f"| `{d['recipe']}` | {len(d['seeds'])} | {d['wrong_in_some_seed']} | **{d['wrong_in_every_seed']}** | {d['of_those_contested_labels']} |"
        for d in documents
    )
    galleries = "".join(
        picture(name, f"The test digits that seeds of {d['recipe']} get wrong, those that most miss first")
        for name, d in zip(names, documents, strict=True)
    )
    return f"""
### What every seed gets wrong

Test digits that are wrong in all seeds are beyond a recipe, and no matter of luck. Contested are labels that a majority of five people did not
agree with; in the pictures they have a star.

| recipe | seeds | test digits wrong in any | wrong in every seed | of those, contested labels |
|---|---|---|---|---|
{rows}

{galleries}{"".join(source(document) for document in documents)}"""


def labels_part() -> str:
    """Return the part about labels of the training set that are probably wrong."""
    if not (RESULTS / "label_errors.json").exists():
        return ""
    document = results("label_errors")
    rows = "\n".join(
        f"| {row['row']} | {row['label']} | {row['suggested']} | {row['probability']:.4f} | {row['probability_of_label']:.4f} |"
        for row in document["rows"][:SHOWN]
    )
    return f"""
### Labels that are probably wrong

Of MNIST's {document["digits"]:,} training labels, **{document["suspects"]}** are probably wrong, by confident learning (Northcutt, Jiang and Chuang 2021): networks of
recipe `{document["recipe"]}` read each digit after learning from other writers, in {document["folds"]} folds. {document["read_otherwise"]} digits were read otherwise than
labelled. Nothing was left out of training for it. The first {len(document["rows"][:SHOWN])}; all are in `benchmarks/results/label_errors.json`:

| row | label | suggested | its probability | the label's |
|---|---|---|---|---|
{rows}

{picture("label_errors", "Training digits whose labels are probably wrong, the surest first")}{source(document)}"""
