"""What a picture without loss tells of an earlier JPEG: known answers, and how well they are read.

    python training/tamper/earlier.py make ../shared/corpus/real DIR
    node bench/tamper.mjs DIR --out DIR/earlier.jsonl
    python training/tamper/earlier.py report DIR/earlier.jsonl

Photographs are made at least 2.5 times smaller, which ends their own compression, then saved as JPEG once, at a
known quality, or not at all, decoded, and written as PNG: whole, or cropped off the block grid.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import re
import sys
from collections import defaultdict
from pathlib import Path

from PIL import Image, ImageOps

SIDES = (256, 512, 1024)
LEAST_FACTOR = 2.5
QUALITIES = (0, 50, 60, 70, 75, 80, 85, 90, 95)
PHOTOGRAPHS = 24
NEAR = 2


def make(source: Path, out: Path) -> int:
    out.mkdir(parents=True, exist_ok=True)
    dice = random.Random("earlier-1")
    large = []
    for path in sorted(source.rglob("*.jpg")):
        with Image.open(path) as image:
            if min(image.size) >= LEAST_FACTOR * SIDES[0]:
                large.append(path)
    dice.shuffle(large)
    for number, path in enumerate(large[:PHOTOGRAPHS]):
        with Image.open(path) as image:
            upright = ImageOps.exif_transpose(image).convert("RGB")
        for side in SIDES:
            factor = min(upright.size) / side
            if factor < LEAST_FACTOR:
                continue
            size = (round(upright.width / factor), round(upright.height / factor))
            small = upright.resize(size, Image.Resampling.BOX)
            for quality in QUALITIES:
                decoded = small if quality == 0 else saved(small, quality, dice.choice((0, 2)))
                decoded.save(out / f"{number:02d}_{side}_q{quality}_whole.png")
                x, y = dice.choice([(x, y) for x in range(8) for y in range(8) if x or y])
                cropped = decoded.crop((x, y, decoded.width, decoded.height))
                cropped.save(out / f"{number:02d}_{side}_q{quality}_cropped.png")
    return 0


def saved(image: Image.Image, quality: int, sampling: int) -> Image.Image:
    memory = io.BytesIO()
    image.save(memory, "JPEG", quality=quality, subsampling=sampling)
    memory.seek(0)
    with Image.open(memory) as again:
        return again.convert("RGB")


def report(measured: Path) -> int:
    cells: dict[tuple[str, int, int], list[tuple[bool, int]]] = defaultdict(list)
    for line in measured.read_text().splitlines():
        row = json.loads(line)
        found = re.search(r"_(\d+)_q(\d+)_(whole|cropped)\.png$", row["file"])
        if not found or not row["features"]["jpeg"]:
            continue
        seen = int(row["features"]["jpeg"]["firstQuality"])
        cells[found[3], int(found[1]), int(found[2])].append((seen < 100, seen))
    print("| grid | shorter side | saved at | n | seen | of these right to within 2 |")
    print("|---|---|---|---|---|---|")
    for (grid, side, quality), answers in sorted(cells.items(), reverse=True):
        seen = [answer for was, answer in answers if was]
        right = sum(abs(answer - quality) <= NEAR for answer in seen)
        label = str(quality) if quality else "never"
        print(f"| {grid} | {side} | {label} | {len(answers)} | {len(seen)} | {right if quality else '-'} |")
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    steps = parser.add_subparsers(required=True, dest="step")
    making = steps.add_parser("make")
    making.add_argument("source", type=Path)
    making.add_argument("out", type=Path)
    reporting = steps.add_parser("report")
    reporting.add_argument("measured", type=Path)
    arguments = parser.parse_args()
    return make(arguments.source, arguments.out) if arguments.step == "make" else report(arguments.measured)


if __name__ == "__main__":
    sys.exit(main())
