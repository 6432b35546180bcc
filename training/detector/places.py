"""How well the map of local log-odds finds a generated part of a photograph: pixel AUC.

    python places.py --list train.tsv.gz --mirrors DIR --reserved reserved.sha256 --card DIR/model.json [--pairs 120]

Real photographs of `val` get an ellipse of an AI image of `val` (a quarter to half of either side, soft edge), both
brought to one size before; then the whole is saved as JPEG 75, so that neither size nor quality outlines the part.
The map is the engine's (`src/forensics/layers/model/map.ts`): squares judged on a grid, blended by inverse squared
distance. Every grid is judged on the same pictures; the interval draws whole repositories of the photographs.
"""

from __future__ import annotations

import argparse
import random
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

sys.path.append(str(Path(__file__).resolve().parent.parent / "fusion"))

from delivery import Encoding, encode, open_flat  # noqa: E402
from measures import auc, bootstrap_by_group, interval  # noqa: E402
from sources import Listed, is_reserved, read_list, read_reserved  # noqa: E402

from evaluate import Judge, sample  # noqa: E402
from prepare import Blobs  # noqa: E402
from views import crops, offsets, prepared  # noqa: E402

SIDE = 512
CELLS = 24
SHIPPED = "five of a grid of three"
GRIDS = {SHIPPED: (3, ((0, 0), (2, 0), (1, 1), (0, 2), (2, 2)))}
GRIDS |= {f"{n} by {n}": (n, tuple((c, r) for r in range(n) for c in range(n))) for n in (3, 5, 7)}


def with_part(real: Image.Image, ai: Image.Image, dice: random.Random) -> tuple[Image.Image, NDArray[np.bool_]]:
    """The photograph with its generated part, and where that is; both [SIDE, SIDE]."""
    square = [_square(image) for image in (real, ai)]
    wide, high = (dice.uniform(0.25, 0.5) * SIDE for _ in range(2))
    left, top = dice.uniform(0, SIDE - wide), dice.uniform(0, SIDE - high)
    mask = Image.new("L", (SIDE, SIDE))
    ImageDraw.Draw(mask).ellipse((left, top, left + wide, top + high), fill=255)
    mask = mask.filter(ImageFilter.GaussianBlur(3))
    made = Image.composite(square[1], square[0], mask)
    return open_flat(encode(made, Encoding("JPEG", 75, 2))), np.asarray(mask) > 127


def _square(image: Image.Image) -> Image.Image:
    ready = prepared(image)
    left, top = (ready.width - min(ready.size)) // 2, (ready.height - min(ready.size)) // 2
    cut = ready.crop((left, top, left + min(ready.size), top + min(ready.size)))
    return cut if cut.size == (SIDE, SIDE) else cut.resize((SIDE, SIDE), Image.Resampling.BICUBIC)


def blended(centres: list[tuple[float, float]], values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Shepard's map at CELLS by CELLS, every cell repeated over its pixels: [SIDE, SIDE]."""
    cell = -(-SIDE // CELLS)
    at = (np.arange(CELLS) + 0.5) * cell
    x, y = np.meshgrid(at, at)
    weights = np.stack([1 / ((x - cx) ** 2 + (y - cy) ** 2 + cell * cell) for cx, cy in centres])
    probabilities = 1 / (1 + np.exp(-values))
    cells = np.tensordot(probabilities, weights, 1) / weights.sum(axis=0)
    return np.kron(cells, np.ones((cell, cell)))[:SIDE, :SIDE]


def squares_judged(judge: Judge, picture: Image.Image, grid: int, cells: tuple[tuple[int, int], ...]) -> NDArray[np.float64]:
    """The map of the card's close-up view on any grid."""
    view = next(view for view in judge.card["views"] if view["kind"] == "crops")
    size = view["input"]["size"]
    pixels = crops(picture, size, grid, cells).astype(np.float32)
    mean, std = (np.array(view["input"][name], np.float32) for name in ("mean", "std"))
    values = np.ascontiguousarray(((pixels - mean) / std).transpose(0, 3, 1, 2))
    logits = judge.sessions[view["id"]].run([view["output"]["name"]], {view["input"]["name"]: values})[0].reshape(-1)
    at = offsets(SIDE, size, grid)
    return blended([(at[c] + size / 2, at[r] + size / 2) for c, r in cells], logits.astype(np.float64))


def pictures(rows: list[Listed], blobs: Blobs, least: int) -> list[tuple[Listed, Image.Image]]:
    out = []
    for row in rows:
        try:
            image = blobs.read(row)
        except (OSError, ValueError, Image.DecompressionBombError):
            continue
        if image is not None and min(image.size) >= least:
            out.append((row, image))
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--list", type=Path, required=True)
    parser.add_argument("--mirrors", type=Path, required=True)
    parser.add_argument("--reserved", type=Path, required=True)
    parser.add_argument("--card", type=Path, required=True)
    parser.add_argument("--pairs", type=int, default=120)
    options = parser.parse_args()
    reserved = read_reserved(options.reserved)
    rows = [row for row in read_list(options.list, "val") if not is_reserved(row.sha256, reserved) and row.shorter >= SIDE]
    photographs = [row for row in rows if row.label == "real" and row.kind in ("photo", "camera-original", "web-photo")]
    generated = [row for row in rows if row.label == "ai"]
    blobs, dice, judge = Blobs(options.mirrors), random.Random("truegrain-places"), Judge(options.card)
    real = pictures(sample(photographs, 12, "truegrain-places")[: options.pairs], blobs, SIDE)
    ai = pictures(sample(generated, 20, "truegrain-places")[: options.pairs], blobs, SIDE)
    found: dict[str, list[float]] = {name: [] for name in GRIDS}
    for at, (_, photograph) in enumerate(real):
        picture, mask = with_part(photograph, ai[at % len(ai)][1], dice)
        step = np.s_[::4, ::4]
        labels = mask[step].ravel().astype(int)
        for name, (grid, cells) in GRIDS.items():
            found[name].append(auc(labels, squares_judged(judge, picture, grid, cells)[step].ravel()))
    groups = np.array([row.repo for row, _ in real])
    print(f"{judge.card['version']}: {len(real)} photographs of {len(set(groups))} repositories, a generated part in each")
    print("| squares | pixel AUC, mean (95 %) |\n|---|---|")
    for name, values in found.items():
        scores = np.array(values)
        samples = bootstrap_by_group(np.zeros(len(scores), int), groups, 400)
        low, high = interval(lambda at: float(scores[at].mean()), samples)
        print(f"| {name} | {scores.mean():.3f} ({low:.3f} to {high:.3f}) |")


if __name__ == "__main__":
    main()
