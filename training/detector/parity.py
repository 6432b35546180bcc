"""What a card's networks get and say of 50 drawn pictures, for the browser to be held to.

    python parity.py --card ../../public/models/model.json --out ../../tests/fixtures/model-parity.json

Every picture follows a formula of integers, so that both sides draw the same pixels and nobody's picture is
stored. Of every view's tensor `SAMPLES` values and the mean are kept, and the log-odds.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
from PIL import Image

from evaluate import Judge
from views import Pixels, cut_for, prepared, tensor_for

PICTURES, SAMPLES = 50, 48
SIZES = ((640, 480), (512, 512), (301, 457), (1280, 853), (97, 160), (2400, 1711), (1023, 1301), (64, 900))


def drawn(width: int, height: int, seed: int) -> Pixels:
    """Folded ramps and bows with a little grain; the same as in `parity.browser.test.ts`."""
    y, x = np.mgrid[0:height, 0:width].astype(np.int64)
    channels = []
    for channel in range(3):
        bows = (x * x >> (5 + seed % 4)) + (y * y >> (6 + seed % 3)) + (x * y * (1 + seed % 5) >> 7)
        value = (x * (1 + seed % 7) >> 1) + (y * (1 + seed % 6) >> 1) + bows + 41 * channel + 13 * seed
        fold = value & 511
        value = np.where(fold < 256, fold, 511 - fold)
        grain = (x * 7 + y * 13 + x * y % 31) % (1 + seed % 9)
        channels.append(np.clip(value + grain, 0, 255))
    return np.stack(channels, axis=2).astype(np.uint8)


def sampled(values: np.ndarray, seed: int) -> list[list[float]]:
    """Pairs of index and value at places that walk through the tensor."""
    flat = values.reshape(-1)
    step = 7919 * (2 * seed + 1)
    return [[int(at), round(float(flat[at]), 6)] for at in ((1 + i * step) % flat.size for i in range(SAMPLES))]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--card", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    judge = Judge(options.card)
    pictures = []
    for seed in range(PICTURES):
        width, height = SIZES[seed % len(SIZES)]
        ready = prepared(Image.fromarray(drawn(width, height, seed)))
        views = {}
        for view in judge.card["views"]:
            values = tensor_for(view, cut_for(view, ready))
            views[view["id"]] = {
                "mean": round(float(values.mean(dtype=np.float64)), 6),
                "samples": sampled(values, seed),
                "logit": round(judge.answer(view, values)["logit"], 6),
            }
        pictures.append({"width": width, "height": height, "seed": seed, "views": views})
    options.out.write_text(json.dumps({"modelVersion": judge.card["version"], "pictures": pictures}) + "\n")
    print(f"{len(pictures)} pictures, {options.out.stat().st_size} bytes")


if __name__ == "__main__":
    main()
