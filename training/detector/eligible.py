"""What a picture must be to be listed, and when two are nearly the same."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from PIL import Image

FORMATS = {"JPEG": "jpeg", "PNG": "png", "WEBP": "webp"}
SHORTEST, LONGEST_RATIO = 256, 2.6  # px, longer by shorter side
MOST_PIXELS = 40_000_000
SIDE, NEAR = 16, 10  # cells of the average hash a side, bits that near-duplicates may differ in
TRANSPARENT = 0.02  # share of pixels beyond which a picture is a cut-out


def average_hash(image: Image.Image) -> int:
    """256 bits: which of 16 x 16 cells are brighter than their mean."""
    cells = np.asarray(image.convert("L").resize((SIDE, SIDE), Image.Resampling.BOX), dtype=np.float32)
    return int.from_bytes(np.packbits(cells > cells.mean()).tobytes(), "big")


def is_near(value: int, others: list[int]) -> bool:
    return any((value ^ other).bit_count() <= NEAR for other in others)


def opened(content: bytes) -> tuple[Image.Image, str] | str:
    """The decoded picture and its format, or why it is not wanted."""
    try:
        with Image.open(io.BytesIO(content)) as image:
            name = FORMATS.get(image.format or "")
            if name is None:
                return "another format"
            if getattr(image, "n_frames", 1) > 1:
                return "animated"
            if image.width * image.height > MOST_PIXELS:
                return "too many pixels"
            if min(image.size) < SHORTEST:
                return "too small"
            if max(image.size) > LONGEST_RATIO * min(image.size):
                return "too narrow"
            image.load()
            if image.has_transparency_data:
                alpha = np.asarray(image.convert("RGBA").getchannel("A"))
                if float((alpha < 250).mean()) > TRANSPARENT:
                    return "cut-out"
            return image.convert("RGB"), name
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return "not decoded"


def draw_sheet(images: list[tuple[str, Image.Image]], target: Path) -> None:
    """Thumbnails in rows of six."""
    cell = 240
    sheet = Image.new("RGB", (6 * cell, -(-len(images) // 6) * cell), "white")
    for place, (_, image) in enumerate(images):
        image.thumbnail((cell - 4, cell - 4))
        sheet.paste(image, (place % 6 * cell, place // 6 * cell))
    sheet.save(target, quality=85)
