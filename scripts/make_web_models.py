"""Write the weights files of the page's networks, src/inkdigits/web/models/NAME.bin, from the shipped models.

Usage: python scripts/make_web_models.py
"""

from __future__ import annotations

from pathlib import Path

from inkdigits.files import written_aside
from inkdigits.network import browser

OUT = Path(__file__).parent.parent / "src" / "inkdigits" / "web" / "models"
# The one that answers drawings, and the one that the page looks into.
MODELS = ("small", "classic")


def main() -> None:
    for old in OUT.glob("*.bin"):
        old.unlink()
    for name in MODELS:
        data = browser.pack(name)
        with written_aside(OUT / f"{name}.bin") as aside:
            aside.write_bytes(data)
        print(f"{name}.bin  {len(data) / 1000:.0f} kB")


if __name__ == "__main__":
    main()
