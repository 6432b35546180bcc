"""Writes what the networks are trained on: delivered pairs as arrays, in rounds.

    python prepare.py --list train.tsv.gz sources/*.tsv --mirrors DIR --reserved reserved.sha256 --out DIR \
      [--rounds 4] [--pairs 8000] [--views whole squares regions] [--processes 2]

A round is one draw of pairs with deliveries of its own (`draw.py`), written in random order so that training
reads from end to end. Each picture is kept as the whole at 256 px, two native squares of 176 px, of which training
cuts its own at random, and one region of it at 256 px; `--views` writes some of these only.
`OUT/round-N/part-M.VIEW.npy` and `part-M.json`; a finished part is not made again.
Nothing of this may be committed: the pictures are other people's.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import multiprocessing
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
from PIL import Image

sys.path.append(str(Path(__file__).resolve().parent.parent / "fusion"))

from delivery import KERNELS, encode, open_flat  # noqa: E402
from sources import TILE, Listed, cut_tile, git_directory, is_reserved, read_list, read_reserved  # noqa: E402

from draw import Way, draw_pairs  # noqa: E402
from families import family_of  # noqa: E402
from views import Pixels, padded, prepared, region, whole  # noqa: E402

WHOLE, SQUARE, SQUARES = 256, 176, 2
# A region that training sees is as wide as between these shares of the shorter side, and at least so many px.
SHARES, LEAST_REGION = (0.5, 0.9), 64
VIEWS = ("whole", "squares", "regions")
PART = 500  # pairs


class Blobs:
    """Files of many bare clones, by `git cat-file --batch`, one process a clone."""

    def __init__(self, mirrors: Path) -> None:
        self.mirrors = mirrors
        self.open: dict[str, subprocess.Popen[bytes] | None] = {}

    def read(self, row: Listed) -> Image.Image | None:
        """The listed picture, its file checked; None where the clone lacks it or holds another.

        Raises OSError, ValueError or DecompressionBombError for what cannot or should not be opened.
        """
        tile = TILE.match(row.path)
        path = tile["path"] if tile else row.path
        for revision in (row.commit, "HEAD"):
            content = self._blob(row.repo, f"{revision}:{path}")
            if content is None:
                continue
            if tile:
                return cut_tile(open_flat(content), int(tile["row"]), int(tile["column"]))
            if hashlib.sha256(content).hexdigest() == row.sha256:
                return open_flat(content)
        return None

    def _blob(self, repo: str, name: str) -> bytes | None:
        if repo not in self.open:
            git = git_directory(self.mirrors, repo)
            environment = {**os.environ, "GIT_NO_LAZY_FETCH": "1", "GIT_TERMINAL_PROMPT": "0"}
            self.open[repo] = git and subprocess.Popen(
                ["git", "-C", str(git), "cat-file", "--batch"],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment,
            )
        process = self.open[repo]
        if process is None or process.stdin is None or process.stdout is None or "\n" in name:
            return None
        process.stdin.write(name.encode() + b"\n")
        process.stdin.flush()
        parts = process.stdout.readline().rsplit(b" ", 2)
        if len(parts) != 3 or not parts[2].strip().isdigit():
            return None
        content = process.stdout.read(int(parts[2]))
        process.stdout.read(1)
        return content if parts[1] == b"blob" else None


def delivered(image: Image.Image, way: Way) -> Image.Image:
    """The picture as it arrives: cut, shaped, shrunk, encoded and decoded again."""
    width, height = image.size
    left, top, right = way.sides
    box = [width * left, height * top, width * (1 - right), height * (1 - way.foot)]
    wide, high = box[2] - box[0], box[3] - box[1]
    ratio = way.aspect[0] / way.aspect[1]
    if wide > high * ratio:
        cut = (wide - high * ratio) / 2
        box[0], box[2] = box[0] + cut, box[2] - cut
    else:
        cut = (high - wide / ratio) / 2
        box[1], box[3] = box[1] + cut, box[3] - cut
    short = min(way.aspect)
    size = tuple(round(way.shorter * side / short) for side in way.aspect)
    image = image.crop(tuple(round(edge) for edge in box)).resize((size[0], size[1]), KERNELS[way.kernel])
    for encoding in way.encodings:
        if encoding.format != "PNG":  # PNG changes nothing
            image = open_flat(encode(image, encoding))
    return image


def squares_of(ready: Image.Image, dice: random.Random) -> Pixels:
    """Native squares at random places: [SQUARES, SQUARE, SQUARE, 3]."""
    pixels = padded(np.asarray(ready), SQUARE)
    squares = []
    for _ in range(SQUARES):
        y, x = (dice.randint(0, side - SQUARE) for side in pixels.shape[:2])
        squares.append(pixels[y : y + SQUARE, x : x + SQUARE])
    return np.stack(squares)


def region_of(ready: Image.Image, dice: random.Random) -> Pixels:
    """A square of a random share of the shorter side, anywhere: [WHOLE, WHOLE, 3]."""
    shorter = min(ready.size)
    side = min(shorter, max(LEAST_REGION, round(shorter * dice.uniform(*SHARES))))
    left, top = (dice.randint(0, length - side) for length in ready.size)
    return region(ready, left, top, side, WHOLE)


def views_of(image: Image.Image, wanted: Sequence[str], dice: dict[str, random.Random]) -> dict[str, Pixels]:
    """What is kept of a delivered picture, by view; each view has dice of its own, so that no other moves its draws."""
    ready = prepared(image)
    cut: dict[str, Callable[[], Pixels]] = {
        "whole": lambda: whole(ready, WHOLE),
        "squares": lambda: squares_of(ready, dice["squares"]),
        "regions": lambda: region_of(ready, dice["regions"]),
    }
    return {view: cut[view]() for view in wanted}


def write_part(job: tuple[str, str, str, Sequence[str], list[tuple[Listed, Listed, Way]]]) -> str:
    mirrors, out, seed, views, pairs = job
    target = Path(out)
    if target.with_suffix(".json").exists():
        return f"{target.name}: there already"
    blobs, started = Blobs(Path(mirrors)), time.time()
    # The squares' seed is that of the draws before there were regions.
    dice = {"squares": random.Random(seed), "regions": random.Random(f"{seed}/regions")}
    kept: dict[str, list[Pixels]] = {view: [] for view in views}
    facts, lost = [], 0
    for ai, real, way in pairs:
        try:
            both = [(row, blobs.read(row)) for row in (ai, real)]
            made = [(row, views_of(delivered(image, way), views, dice)) for row, image in both if image]
        except (OSError, ValueError, Image.DecompressionBombError):
            made = []
        if len(made) < 2:
            lost += 1
            continue
        for row, cut in made:
            for view, pixels in cut.items():
                kept[view].append(pixels)
            facts.append({
                "label": int(row.label == "ai"), "kind": row.kind, "repo": row.repo, "sha256": row.sha256,
                "family": family_of(row.label, row.kind), "way": asdict(way),
            })
    for view, pixels in kept.items():
        np.save(target.with_suffix(f".{view}.npy"), np.stack(pixels))
    target.with_suffix(".json").write_text(json.dumps(facts))
    return f"{target.parent.name}/{target.name}: {len(facts)} pictures, {lost} pairs lost, {time.time() - started:.0f} s"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--list", type=Path, required=True, nargs="+", help="lists of images, joined")
    parser.add_argument("--mirrors", type=Path, required=True)
    parser.add_argument("--reserved", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--split", default="train")
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--pairs", type=int, default=8000)
    parser.add_argument("--views", nargs="+", choices=VIEWS, default=VIEWS, help="what is kept of each picture")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--seed", default="truegrain-1")
    parser.add_argument("--without", nargs="*", default=[], help="repositories left out")
    options = parser.parse_args()

    reserved = read_reserved(options.reserved)
    rows = [row for file in options.list for row in read_list(file, options.split) if not is_reserved(row.sha256, reserved)]
    rows = [row for row in rows if row.repo not in options.without and row.shorter >= 200]
    ai, real = ([row for row in rows if row.label == label] for label in ("ai", "real"))
    print(f"{len(ai)} AI, {len(real)} real images to draw from", flush=True)
    jobs = []
    for number in range(options.rounds):
        folder = options.out / f"round-{number}"
        folder.mkdir(parents=True, exist_ok=True)
        pairs = draw_pairs(ai, real, options.pairs, f"{options.seed}/{number}")
        (folder / "parts").write_text(str(-(-len(pairs) // PART)))  # training waits until there are so many
        for at in range(0, len(pairs), PART):
            part = folder / f"part-{at // PART:02d}"
            jobs.append((str(options.mirrors), str(part), f"{options.seed}/{part.parent.name}/{part.name}", options.views, pairs[at : at + PART]))
    with multiprocessing.Pool(options.processes, maxtasksperchild=4) as pool:
        for line in pool.imap_unordered(write_part, jobs):
            print(line, flush=True)


if __name__ == "__main__":
    main()
