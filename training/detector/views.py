"""What the networks get of a picture, the Python twin of `src/forensics/model/views.ts`.

Pillow's bicubic and bilinear `resize` are what the engine's own resampler reproduces value for value, so no
tolerance hides between training and the browser.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

# Before any view is cut, a longer shorter side is brought down to this.
PREPARED = 512

# Reductions by twice this and more are averaged over whole squares first, as `pixels/scaled.ts` does.
REDUCING_GAP, LARGEST_BOX = 2, 16

Pixels = NDArray[np.uint8]


def prepared(image: Image.Image) -> Image.Image:
    """An RGB picture with its shorter side at most PREPARED px, never enlarged."""
    shorter = min(image.size)
    if shorter <= PREPARED:
        return image
    factor = PREPARED / shorter
    wide, high = (PREPARED if side == shorter else int(side * factor + 0.5) for side in image.size)
    box = int(min(image.width / wide, image.height / high) / REDUCING_GAP)
    box = min(LARGEST_BOX, max(1, box))
    extent = (0, 0, image.width / box, image.height / box)
    return (image.reduce(box) if box > 1 else image).resize((wide, high), Image.Resampling.BICUBIC, extent)


def whole(image: Image.Image, size: int) -> Pixels:
    """Shorter side to `size` (bilinear), then the centre square: [size, size, 3]."""
    width, height = image.size
    shorter = min(width, height)
    wide, high = (max(size, int(side * size / shorter + 0.5)) for side in (width, height))
    if (wide, high) != image.size:
        image = image.resize((wide, high), Image.Resampling.BILINEAR)
    left, top = (wide - size) // 2, (high - size) // 2
    return np.asarray(image.crop((left, top, left + size, top + size)))


def padded(pixels: Pixels, size: int) -> Pixels:
    """Reflected at its edges until both sides are at least `size`."""
    high, wide = (max(0, size - side) for side in pixels.shape[:2])
    if not high and not wide:
        return pixels
    span = ((high - high // 2, high // 2), (wide - wide // 2, wide // 2), (0, 0))
    return np.pad(pixels, span, mode="reflect")


def offsets(length: int, size: int, grid: int) -> list[int]:
    """First pixel of each of `grid` squares from edge to edge; halves round up, as in JavaScript."""
    room = length - size
    return [int(at * room / (grid - 1) + 0.5) for at in range(grid)] if grid > 1 else [room // 2]


def cut_for(view: dict, ready: Image.Image) -> Pixels:
    """What a view of the card gets of a prepared picture, not normalised: [n, size, size, 3]."""
    size, cells = view["input"]["size"], [tuple(cell) for cell in view.get("cells", [])]
    match view["kind"]:
        case "whole":
            return whole(ready, size)[None]
        case "regions":
            return regions(ready, size, view["share"], view["grid"], cells)
        case "crops":
            return crops(ready, size, view["grid"], cells)
        case unknown:
            raise ValueError(f"no view of the kind {unknown}")


def tensor_for(view: dict, pixels: Pixels) -> NDArray[np.float32]:
    """Normalised as the view's network takes it: [n, 3, size, size]."""
    mean, std = (np.array(view["input"][name], np.float32) for name in ("mean", "std"))
    return np.ascontiguousarray(((pixels.astype(np.float32) - mean) / std).transpose(0, 3, 1, 2))


def region(image: Image.Image, left: int, top: int, side: int, size: int) -> Pixels:
    """A square of `side` px brought to `size` (bilinear), its edge the picture's end for the kernel: [size, size, 3]."""
    cut = image.crop((left, top, left + side, top + side))
    return np.asarray(cut if side == size else cut.resize((size, size), Image.Resampling.BILINEAR))


def regions(image: Image.Image, size: int, share: float, grid: int, cells: Sequence[tuple[int, int]]) -> Pixels:
    """Squares of `share` of the shorter side at (column, row) cells of a grid, brought to `size`: [n, size, size, 3]."""
    side = max(1, int(min(image.size) * share + 0.5))
    columns, rows = (offsets(length, side, grid) for length in image.size)
    return np.stack([region(image, columns[column], rows[row], side, size) for column, row in cells])


def crops(image: Image.Image, size: int, grid: int, cells: Sequence[tuple[int, int]]) -> Pixels:
    """Native squares at (column, row) cells of a grid: [n, size, size, 3]."""
    pixels = padded(np.asarray(image), size)
    rows, columns = (offsets(length, size, grid) for length in pixels.shape[:2])
    return np.stack([pixels[rows[r] : rows[r] + size, columns[c] : columns[c] + size] for c, r in cells])
