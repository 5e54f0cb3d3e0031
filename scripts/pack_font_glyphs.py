"""Render the characters of handwriting fonts and pack them into src/inkdigits/synthetic/font_glyphs/.

The fonts are not shipped: only pictures of their characters, which their licences (SIL Open Font License 1.1, Apache License 2.0)
leave free. They come from the npm packages @fontsource/NAME (5.3):

    npm install @fontsource/caveat @fontsource/kalam …    (the list is FONTS below)

Usage: python scripts/pack_font_glyphs.py NODE_MODULES
"""

from __future__ import annotations

import json
import lzma
import string
import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

OUT = Path(__file__).parent.parent / "src" / "inkdigits" / "synthetic" / "font_glyphs"
SIDE = 32
FONTS = [
    "amatic-sc",
    "annie-use-your-telescope",
    "architects-daughter",
    "bad-script",
    "caveat",
    "caveat-brush",
    "cedarville-cursive",
    "covered-by-your-grace",
    "delicious-handrawn",
    "delius",
    "gaegu",
    "gloria-hallelujah",
    "gochi-hand",
    "handlee",
    "homemade-apple",
    "indie-flower",
    "kalam",
    "licorice",
    "long-cang",
    "mansalva",
    "marck-script",
    "nanum-brush-script",
    "nanum-pen-script",
    "neucha",
    "patrick-hand",
    "permanent-marker",
    "playpen-sans",
    "reenie-beanie",
    "rock-salt",
    "schoolbell",
    "shadows-into-light",
    "short-stack",
    "sriracha",
    "sue-ellen-francisco",
    "swanky-and-moo-moo",
    "the-girl-next-door",
    "yomogi",
    "zhi-mang-xing",
]
CHARACTERS = string.digits + string.ascii_letters + "+=?!&%@#*()<>$[]{}~^_"


def render(font: ImageFont.FreeTypeFont, character: str) -> npt.NDArray[np.uint8] | None:
    """Return a character as white ink, its longer side SIDE pixels, in a (SIDE, SIDE) field; None if the font has none."""
    left, top, right, bottom = font.getbbox(character)
    if right - left < 2 or bottom - top < 2:
        return None
    image = Image.new("L", (int(right - left) + 8, int(bottom - top) + 8), 0)
    ImageDraw.Draw(image).text((4 - left, 4 - top), character, fill=255, font=font)
    box = image.getbbox()
    if box is None:
        return None
    cut = image.crop(box)
    scale = SIDE / max(cut.size)
    cut = cut.resize((max(1, round(cut.width * scale)), max(1, round(cut.height * scale))), Image.Resampling.BOX)
    field = Image.new("L", (SIDE, SIDE), 0)
    field.paste(cut, ((SIDE - cut.width) // 2, (SIDE - cut.height) // 2))
    return np.asarray(field)


def main(modules: Path) -> None:
    pictures, codes, fonts, notices = [], [], [], []
    for number, name in enumerate(FONTS):
        folder = modules / "@fontsource" / name
        (path,) = (folder / "files").glob(f"{name}-latin-400-normal.woff")
        font = ImageFont.truetype(str(path), 128)
        missing = render(font, "\uffff")
        for character in CHARACTERS:
            picture = render(font, character)
            # A font without the character draws its "missing" box.
            if picture is None or (missing is not None and np.array_equal(picture, missing)):
                continue
            pictures.append(picture >> 4)  # 16 levels of grey are enough for a soft edge, and pack well
            codes.append(ord(character))
            fonts.append(number)
        licence = json.loads((folder / "package.json").read_text(encoding="utf-8"))["license"]
        first = (folder / "LICENSE").read_text(encoding="utf-8").strip().splitlines()[0].strip()
        notices.append(f"- {name}: {licence}" + (f"; {first}" if first.lower().startswith("copyright") else ""))
    OUT.mkdir(parents=True, exist_ok=True)
    stack = np.stack(pictures)
    packed = (stack[:, :, 0::2] << 4) | stack[:, :, 1::2]
    header = np.array([len(stack), SIDE], "<u4").tobytes()
    data = header + np.array(codes, "<u1").tobytes() + np.array(fonts, "<u1").tobytes() + packed.tobytes()
    (OUT / "glyphs.xz").write_bytes(lzma.compress(data, preset=9 | lzma.PRESET_EXTREME))
    text = (
        "# Characters of handwriting fonts\n\n"
        "Pictures of digits, letters and signs as 38 handwriting fonts draw them, made by `scripts/pack_font_glyphs.py`; the fonts\n"
        "themselves are not here. `inkdigits.synthetic.fonts` reads them. Their licences, SIL Open Font License 1.1 or\n"
        "Apache License 2.0, do not extend to what is drawn with them. The fonts and their notices:\n\n"
        + "\n".join(notices)
        + "\n"
    )
    (OUT / "README.md").write_text(text, encoding="utf-8")
    print(f"{len(stack)} characters of {len(FONTS)} fonts, {(OUT / 'glyphs.xz').stat().st_size / 1e3:.0f} kB")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
