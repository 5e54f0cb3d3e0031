"""An address as a QR code for a terminal."""

from __future__ import annotations

import io

import segno


def lines(address: str) -> list[str]:
    """Return the lines of a QR code, two of its rows in each."""
    text = io.StringIO()
    segno.make(address, error="l", micro=False).terminal(text, compact=True)
    return text.getvalue().splitlines()
