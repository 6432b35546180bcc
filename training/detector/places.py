"""How well the two maps of local log-odds find a generated part of a photograph: pixel AUC.

    python places.py --list train.tsv.gz --mirrors DIR --reserved reserved.sha256 --card DIR/model.json [--pairs 120]

Real photographs of `val`, brought to one size with AI images of `val`, get an ellipse of one (a quarter to half of
either side, soft edge); the whole is then JPEG 75: neither size nor quality outlines the part. The maps are the
engine's. First: `cropMap` in `src/forensics/layers/model/map.ts`, the card's close-ups by inverse squared distance
(Shepard). Later, after the verdict: the grid of `src/forensics/model/survey.ts`, here 5 by 5, by the Gaussian of
`laterMapOf` in `map.ts`. Two others compare. Differences are paired; intervals draw repositories of the photographs.
"""

from __future__ import annotations

import argparse
import random
import sys
from math import ceil
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

sys.path.append(str(Path(__file__).resolve().parent.parent / "fusion"))

from delivery import Encoding, encode, open_flat  # noqa: E402
from measures import Floats, auc, bootstrap_by_group, interval  # noqa: E402
from sources import Listed, is_reserved, read_list, read_reserved  # noqa: E402

from evaluate import Judge, sample  # noqa: E402
from prepare import Blobs  # noqa: E402
from views import offsets, prepared  # noqa: E402

SIDE = 512
CELL, SMOOTHING = ceil(SIDE / 24), 0.45  # map.ts
MOST_APART, MOST_ALONG = 7 / 8, 9  # survey.ts
Corner = tuple[int, int]


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


def grid_of(size: int, along: int) -> list[Corner]:
    at = offsets(SIDE, size, along)
    return [(x, y) for y in at for x in at]


def maps_of(view: dict) -> dict[str, tuple[list[Corner], bool]]:
    """Close-ups of each map, and whether a Gaussian smooths them: the engine's first map, its later one, two others."""
    size, along = view["input"]["size"], offsets(SIDE, view["input"]["size"], view["grid"])
    own = [(along[column], along[row]) for column, row in view["cells"]]
    n = min(MOST_ALONG, 2 * ceil(max(0, SIDE - size) / (2 * MOST_APART * size)) + 1)
    return {
        f"first map: the verdict's {len(own)}, Shepard": (own, False),
        f"later map: {n} by {n}, Gaussian": (grid_of(size, n), True),
        f"{n} by {n}, Shepard": (grid_of(size, n), False),
        f"{n + 2} by {n + 2}, Gaussian": (grid_of(size, n + 2), True),
    }


def log_odds(judge: Judge, view: dict, picture: Image.Image, corners: list[Corner]) -> dict[Corner, float]:
    """What the card's close-up network says of squares of a [SIDE, SIDE] picture."""
    size, whole = view["input"]["size"], np.asarray(picture)
    pixels = np.stack([whole[y : y + size, x : x + size] for x, y in corners]).astype(np.float32)
    mean, std = (np.array(view["input"][name], np.float32) for name in ("mean", "std"))
    values = np.ascontiguousarray(((pixels - mean) / std).transpose(0, 3, 1, 2))
    logits = judge.sessions[view["id"]].run([view["output"]["name"]], {view["input"]["name"]: values})[0]
    return dict(zip(corners, logits.reshape(-1).astype(np.float64), strict=True))


def blended(known: dict[Corner, float], size: int, corners: list[Corner], smooth: bool) -> Floats:
    """Mean of the probabilities at each cell, `blended` in map.ts, every cell repeated over its pixels: [SIDE, SIDE]."""
    at = (np.arange(ceil(SIDE / CELL)) + 0.5) * CELL
    x, y = np.meshgrid(at, at)
    squared = np.stack([(x - left - size / 2) ** 2 + (y - top - size / 2) ** 2 for left, top in corners])
    weights = np.exp(-squared / (2 * (SMOOTHING * size) ** 2)) if smooth else 1 / (squared + CELL * CELL)
    probabilities = 1 / (1 + np.exp(-np.array([known[corner] for corner in corners])))
    cells = np.tensordot(probabilities, weights, 1) / weights.sum(axis=0)
    return np.kron(cells, np.ones((CELL, CELL)))[:SIDE, :SIDE]


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
    for name in ("--list", "--mirrors", "--reserved", "--card"):
        parser.add_argument(name, type=Path, required=True)
    parser.add_argument("--pairs", type=int, default=120)
    options = parser.parse_args()
    reserved = read_reserved(options.reserved)
    rows = [row for row in read_list(options.list, "val") if not is_reserved(row.sha256, reserved) and row.shorter >= SIDE]
    photographs = [row for row in rows if row.label == "real" and row.kind in ("photo", "camera-original", "web-photo")]
    generated = [row for row in rows if row.label == "ai"]
    blobs, dice, judge = Blobs(options.mirrors), random.Random("truegrain-places"), Judge(options.card)
    real = pictures(sample(photographs, 12, "truegrain-places")[: options.pairs], blobs, SIDE)
    ai = pictures(sample(generated, 20, "truegrain-places")[: options.pairs], blobs, SIDE)
    view = next(view for view in judge.card["views"] if view["kind"] == "crops")
    maps = maps_of(view)
    every = list(dict.fromkeys(corner for corners, _ in maps.values() for corner in corners))
    found: dict[str, list[float]] = {name: [] for name in maps}
    for at, (_, photograph) in enumerate(real):
        picture, mask = with_part(photograph, ai[at % len(ai)][1], dice)
        known = log_odds(judge, view, picture, every)
        labels = mask[::4, ::4].ravel().astype(int)
        for name, (corners, smooth) in maps.items():
            found[name].append(auc(labels, blended(known, view["input"]["size"], corners, smooth)[::4, ::4].ravel()))
    groups = np.array([row.repo for row, _ in real])
    samples = bootstrap_by_group(np.zeros(len(real), int), groups, 400)

    def told(values: Floats, form: str) -> str:
        low, high = interval(lambda at: float(values[at].mean()), samples)
        return f"{values.mean():{form}} ({low:{form}} to {high:{form}})"

    print(f"{judge.version}: {len(real)} photographs of {len(set(groups))} repositories, a generated part in each\n")
    print("| map | pixel AUC, mean (95 %) | less the first | less the later | part above the rest |\n|---|---|---|---|---|")
    scores = [np.array(values) for values in found.values()]
    for name, values in zip(found, scores, strict=True):
        less = [told(values - other, "+.3f") if values is not other else "" for other in scores[:2]]
        print(f"| {name} | {told(values, '.3f')} | {less[0]} | {less[1]} | {told((values > 0.5).astype(float), '.0%')} |")


if __name__ == "__main__":
    main()
