"""How well the map of local log-odds finds a generated part of a photograph: pixel AUC.

    python places.py --list train.tsv.gz --mirrors DIR --reserved reserved.sha256 --card DIR/model.json [--pairs 120]

Real photographs of `val`, brought to one size with AI images of `val`, get an ellipse of one (a quarter to half of
either side, soft edge); the whole is then JPEG 75: neither size nor quality outlines the part. The engine's map is that
of the close-ups of `src/forensics/model/survey.ts`, here 5 by 5, by the Gaussian of `laterMapOf` in
`src/forensics/layers/model/map.ts`. Others compare, among them one of the regions that the verdict rests on, by inverse
squared distance (Shepard 1968). Differences are paired; intervals draw repositories of the photographs.
"""

from __future__ import annotations

import argparse
import random
import sys
from dataclasses import dataclass
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
from views import offsets, prepared, region, tensor_for  # noqa: E402

SIDE = 512
CELL, SMOOTHING = ceil(SIDE / 24), 0.45  # map.ts
MOST_APART, MOST_ALONG = 7 / 8, 9  # survey.ts
Corner = tuple[int, int]


@dataclass(frozen=True)
class Map:
    """What a map is blended of: squares of `side` px that a view's network judged, smoothed by a Gaussian or not."""

    view: str
    side: int
    corners: list[Corner]
    smooth: bool


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


def own_looks(view: dict) -> Map:
    """The squares that the verdict rests on."""
    side = round(view["share"] * SIDE) if view["kind"] == "regions" else view["input"]["size"]
    along = offsets(SIDE, side, view["grid"])
    return Map(view["id"], side, [(along[column], along[row]) for column, row in view["cells"]], smooth=False)


def maps_of(judge: Judge) -> dict[str, Map]:
    """The engine's map first, then others."""
    verdict = own_looks(next(view for view in judge.weighed if view["kind"] != "whole"))
    close = next(view for view in judge.card["views"] if view["kind"] == "crops")
    name, size = close["id"], close["input"]["size"]
    n = min(MOST_ALONG, 2 * ceil(max(0, SIDE - size) / (2 * MOST_APART * size)) + 1)
    return {
        f"{n} by {n}, Gaussian": Map(name, size, grid_of(size, n), smooth=True),
        f"the verdict's {len(verdict.corners)}, Shepard": verdict,
        f"{n} by {n}, Shepard": Map(name, size, grid_of(size, n), smooth=False),
        f"{n + 2} by {n + 2}, Gaussian": Map(name, size, grid_of(size, n + 2), smooth=True),
    }


def log_odds(judge: Judge, asked: Map, picture: Image.Image) -> Floats:
    """What the view's network says of each of a map's squares of a [SIDE, SIDE] picture."""
    view = next(view for view in judge.card["views"] if view["id"] == asked.view)
    pixels = np.stack([region(picture, x, y, asked.side, view["input"]["size"]) for x, y in asked.corners])
    return np.array(judge.answer(view, tensor_for(view, pixels))["each"])


def blended(logits: Floats, made_of: Map) -> Floats:
    """Mean of the probabilities at each cell, `blended` in map.ts, every cell repeated over its pixels: [SIDE, SIDE]."""
    at, half = (np.arange(ceil(SIDE / CELL)) + 0.5) * CELL, made_of.side / 2
    x, y = np.meshgrid(at, at)
    squared = np.stack([(x - left - half) ** 2 + (y - top - half) ** 2 for left, top in made_of.corners])
    weights = np.exp(-squared / (2 * (SMOOTHING * made_of.side) ** 2)) if made_of.smooth else 1 / (squared + CELL * CELL)
    probabilities = 1 / (1 + np.exp(-logits))
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
    maps = maps_of(judge)
    found: dict[str, list[float]] = {name: [] for name in maps}
    for at, (_, photograph) in enumerate(real):
        picture, mask = with_part(photograph, ai[at % len(ai)][1], dice)
        labels = mask[::4, ::4].ravel().astype(int)
        for name, made_of in maps.items():
            found[name].append(auc(labels, blended(log_odds(judge, made_of, picture), made_of)[::4, ::4].ravel()))
    groups = np.array([row.repo for row, _ in real])
    samples = bootstrap_by_group(np.zeros(len(real), int), groups, 400)

    def told(values: Floats, form: str) -> str:
        low, high = interval(lambda at: float(values[at].mean()), samples)
        return f"{values.mean():{form}} ({low:{form}} to {high:{form}})"

    print(f"{judge.version}: {len(real)} photographs of {len(set(groups))} repositories, a generated part in each\n")
    print("| map | pixel AUC, mean (95 %) | less the engine's | part above the rest |\n|---|---|---|---|")
    scores = [np.array(values) for values in found.values()]
    for name, values in zip(found, scores, strict=True):
        less = told(values - scores[0], "+.3f") if values is not scores[0] else ""
        print(f"| {name} | {told(values, '.3f')} | {less} | {told((values > 0.5).astype(float), '.0%')} |")


if __name__ == "__main__":
    main()
