"""Residual spectra of delivered images, into one .npz: what `learn.py` learns from and is judged on.

    python measure.py --list train.tsv.gz --mirrors DIR --split train --out train-0.npz [--each 200] [--real 3000] [--turn 0]
    python measure.py --list train.tsv.gz --mirrors DIR --split val --out val-0.npz [--each 80] [--real 600] [--turn 0]

Both classes pass the same deliveries (`training/fusion/delivery.py`): on files as stored, size, format and
JPEG quality give the class away, and a spectrum sees them all.

| delivery | what                                                                      |
|----------|---------------------------------------------------------------------------|
| kept     | size as it was, saved once more: JPEG of quality 75 to 96 or PNG          |
| mixed    | made at least a tenth smaller, saved once or twice (`matched_recipe`)     |
| web      | shorter side <= 768, JPEG 60 (`val` only)                                 |

Nothing of the pictures is kept but 33 x 33 numbers each. Images kept for acceptance are left out.
"""

from __future__ import annotations

import argparse
import random
import struct
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "fusion"))
from delivery import WEB, Encoding, Recipe, deliver, encode, matched_recipe, open_flat  # noqa: E402
from sources import Listed, Reader, is_reserved, read_list, read_reserved  # noqa: E402

CELLS = 33
# More than this many pixels a side add time, not knowledge; the crop starts on JPEG's 8-px grid.
LARGEST = 1280
# Stored pictures larger than this are left out: decoding them takes seconds.
MOST_PIXELS = 4_500_000


class Engine:
    """The engine's spectrum, in one Node process."""

    def __init__(self) -> None:
        script = Path(__file__).resolve().parent / "spectra.mjs"
        self.process = subprocess.Popen(["node", str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def spectrum(self, image: Image.Image) -> np.ndarray | None:
        """CELLS * CELLS numbers, or None where there is no residual to speak of."""
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(struct.pack("<II", *image.size) + image.tobytes())
        self.process.stdin.flush()
        wanted = CELLS * CELLS * 4
        answer = self.process.stdout.read(wanted)
        if len(answer) != wanted:
            raise RuntimeError("The engine ended.")
        values = np.frombuffer(answer, dtype="<f4").astype(np.float32)
        return None if np.isnan(values).any() else values

    def close(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait()


def kept_recipe(seed: str) -> Recipe:
    dice = random.Random(seed)
    if dice.random() < 0.2:
        return Recipe(10**9, "bicubic", (Encoding("PNG", 100, 0),))
    return Recipe(10**9, "bicubic", (Encoding("JPEG", dice.randint(75, 96), 0 if dice.random() < 0.3 else 2),))


def middle(image: Image.Image) -> Image.Image:
    width, height = (min(side, LARGEST) for side in image.size)
    left, top = ((full - part) // 16 * 8 for full, part in zip(image.size, (width, height), strict=True))
    return image.crop((left, top, left + width, top + height))


def delivered(content: bytes, recipe: Recipe) -> Image.Image:
    if recipe.shorter >= 10**9:
        cropped = middle(open_flat(content))
        return open_flat(encode(cropped, recipe.last))
    return middle(open_flat(deliver(content, recipe)))


def chosen(rows: list[Listed], each: int, real: int, turn: int, seed: str) -> list[Listed]:
    """Up to `each` of every generator and `real` real ones, as evenly over kinds and sources as they allow.

    Turn 0 takes the first of them, turn 1 the next: no turn repeats another's.
    """
    dice = random.Random(seed)
    groups: dict[str, list[Listed]] = {}
    for row in rows:
        if row.width * row.height <= MOST_PIXELS and row.shorter >= 160:
            groups.setdefault(row.kind if row.label == "ai" else f"real {row.kind}", []).append(row)
    out: list[Listed] = []
    kinds_real = sum(name.startswith("real ") for name in groups)
    for name in sorted(groups):
        own = groups[name]
        dice.shuffle(own)
        turns: dict[str, int] = {}
        ranked = []
        for row in own:
            turns[row.repo] = turns.get(row.repo, 0) + 1
            ranked.append((turns[row.repo], len(ranked), row))
        count = each if not name.startswith("real ") else real // max(1, kinds_real)
        ranked.sort(key=lambda entry: entry[:2])
        out.extend(row for _, _, row in ranked[turn * count : (turn + 1) * count])
    return out


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--list", type=Path, required=True)
    parser.add_argument("--mirrors", type=Path, required=True)
    parser.add_argument("--reserved", type=Path, help="default: reserved.sha256 beside the list")
    parser.add_argument("--split", choices=["train", "val"], required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--each", type=int, default=200)
    parser.add_argument("--real", type=int, default=3000)
    parser.add_argument("--turn", type=int, default=0, help="which part of the images, so that work can be done in parts")
    parser.add_argument("--seed", default="truegrain-fingerprint-1")
    arguments = parser.parse_args()

    reserved = read_reserved(arguments.reserved or arguments.list.with_name("reserved.sha256"))
    rows = [row for row in read_list(arguments.list, arguments.split) if not is_reserved(row.sha256, reserved)]
    rows = chosen(rows, arguments.each, arguments.real, arguments.turn, arguments.seed)
    deliveries = ["kept", "mixed"] if arguments.split == "train" else ["kept", "mixed", "web"]
    engine = Engine()
    reader = Reader(arguments.mirrors)
    spectra: list[np.ndarray] = []
    facts: list[tuple[str, str, str, str, str]] = []
    failed: Counter[str] = Counter()
    for number, (row, content) in enumerate(reader.read(rows)):
        seed = f"{arguments.seed}-{row.sha256}"
        recipes = {"kept": kept_recipe(seed), "mixed": matched_recipe((row.shorter,), seed), "web": WEB}
        # Learning takes one delivery an image, judging all.
        names = [deliveries[int(row.sha256[:8], 16) % 2]] if arguments.split == "train" else deliveries
        for name in names:
            try:
                spectrum = engine.spectrum(delivered(content, recipes[name]))
            except (OSError, ValueError, Image.DecompressionBombError) as error:
                failed[type(error).__name__] += 1
                continue
            if spectrum is None:
                failed["no residual"] += 1
                continue
            spectra.append(spectrum)
            facts.append((row.label, row.kind, row.repo, name, row.sha256))
        if number % 50 == 0:
            print(f"{number} of {len(rows)}", file=sys.stderr, flush=True)
    engine.close()
    np.savez_compressed(arguments.out, spectra=np.stack(spectra), facts=np.array(facts))
    print(f"{len(spectra)} spectra; left out: {dict(failed)}; not read: {dict(reader.missing)}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
