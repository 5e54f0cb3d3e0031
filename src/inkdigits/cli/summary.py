"""A test's figures as a few lines of text, for the verbs that make one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from inkdigits.evaluation import locator
    from inkdigits.evaluation import numbers as of_numbers
    from inkdigits.evaluation.change import Told
    from inkdigits.evaluation.metrics import Metrics


def summary(metrics: Metrics) -> None:
    """Print accuracy with its interval and without contested labels, what each trust gives, and the commonest mistakes."""
    low, high = metrics.interval
    click.echo(
        f"{metrics.name}: {metrics.accuracy:.2%} of {metrics.count:,} digits right "
        f"(95 % interval {low:.2%} to {high:.2%}), {metrics.count - metrics.correct} wrong."
    )
    if metrics.contested:
        correct, count = metrics.uncontested
        click.echo(
            f"Without the {len(metrics.contested)} labels that people reject: {correct / count:.2%}, "
            f"{count - correct} wrong."
        )
    for level, figures in metrics.trust.items():
        if level != "always":
            click.echo(
                f"Trust {level}: answers {figures['coverage']:.1%}, {figures['error']:.2%} of those wrong "
                f"({figures['wrong']} of {figures['answered']:,})."
            )
    confusions = ", ".join(f"{truth} read as {said} ({count}×)" for truth, said, count in metrics.confusions(3))
    if confusions:
        click.echo(f"Commonest mistakes: {confusions}.")


def changed(told: Told) -> None:
    """Print what a fine-tuning has changed: a table of before and after, and sentences."""
    rows = [("", "before", "after", ""), *told.rows]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    for what, before, after, moved in rows:
        click.echo(f"{what:<{widths[0]}}  {before:>{widths[1]}}  {after:>{widths[2]}}  {moved}".rstrip())
    for note in told.notes:
        click.echo(note)


def located(metrics: locator.Metrics) -> None:
    """Print what a locator found on validation pages, and scene by scene."""
    digits = metrics.digits
    click.echo(
        f"Handwritten digits on {metrics.pages} validation pages: F1 {digits.f1:.2%}, precision {digits.precision:.2%}, "
        f"recall {digits.recall:.2%} ({digits.right:,} right of {digits.said:,} given and {digits.there:,} there)."
    )
    scenes = ", ".join(f"{name} {counts.f1:.1%}" for name, counts in metrics.scenes.items())
    click.echo(f"F1 by scene: {scenes}.")


def numbers(metrics: of_numbers.Metrics) -> None:
    """Print how a network of numbers read validation strips, and scene by scene."""
    whole = metrics.whole
    click.echo(
        f"Numbers on {whole.strips:,} validation strips: {whole.accuracy:.2%} wholly right, character error "
        f"{whole.character_error:.2%}; {whole.false} signs read on {whole.empty} strips without a number."
    )
    scenes = ", ".join(f"{name} {counts.accuracy:.1%}" for name, counts in metrics.scenes.items())
    click.echo(f"Wholly right by scene: {scenes}.")
