"""Runs networks over the images of a split, in several deliveries, and writes every log-odds.

    python evaluate.py --list train.tsv.gz --mirrors DIR --reserved reserved.sha256 --out scores.jsonl \
      --card DIR/model.json [--card OTHER/model.json] [--split val] [--most 120] [--processes 2] \
      [--folds sources/folds.tsv --half 0]

`--peers CLONES` judges published detectors beside them (`peers.py`), or alone without a card. `--like scores.jsonl`
takes the very images of an earlier run instead of a sample; `measure.py --beside` joins the two.

`--most` images a repository and kind, drawn by a fixed seed. Deliveries: `stored` (as it is), `web` (shorter
side <= 768, JPEG 60), `hard` (<= 512, JPEG 40) and `mixed` (a random one, drawn for pairs as in training). Cards
are judged in one run on the same decoded pixels. Goes on where a killed run stopped. Nothing of an image but
its SHA-256 is written.

`--half` judges one half of the sources (`folds.py`): with the networks that were trained without it, once for each
half, the lines of both files together are a leave-source-out cross-validation.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import random
import sys
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

sys.path.append(str(Path(__file__).resolve().parent.parent / "fusion"))

from delivery import HARD, WEB, encode, open_flat, shrink  # noqa: E402
from sources import Listed, is_reserved, read_list, read_reserved  # noqa: E402

from folds import read_folds
from prepare import Blobs  # noqa: E402
from views import cut_for, prepared, tensor_for  # noqa: E402

if TYPE_CHECKING:
    from peers import PeerJudge

FLAT_DEVIATION = 2.0


class Judge:
    """One card's networks."""

    def __init__(self, card_file: Path) -> None:
        self.card = json.loads(card_file.read_text())
        self.version = self.card["version"]
        # The views that the verdict rests on; one without a weight is for the map alone.
        self.weighed = [view for view in self.card["views"] if view["id"] in self.card["combine"]["weights"]]
        # Here and not above: what draws images and joins scores needs no runtime.
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self.sessions = {
            view["id"]: onnxruntime.InferenceSession(str(card_file.parent / view["file"]["path"]), options)
            for view in self.card["views"]
        }

    def logits(self, ready: Image.Image) -> dict[str, object]:
        """`{view: {"logit": mean log-odds, "each": by square, "families": mean family logits}}`"""
        return {view["id"]: self.answer(view, tensor_for(view, cut_for(view, ready))) for view in self.weighed}

    def answer(self, view: dict, values: np.ndarray) -> dict[str, object]:
        """What the view's network says of its tensor."""
        session = self.sessions[view["id"]]
        names = [output.name for output in session.get_outputs()]
        found = dict(zip(names, session.run(names, {view["input"]["name"]: values}), strict=True))
        each = found[view["output"]["name"]].reshape(-1)
        answer: dict[str, object] = {"logit": float(each.mean()), "each": [round(float(one), 4) for one in each]}
        if "families" in found:
            answer["families"] = [round(float(one), 3) for one in found["families"].mean(axis=0)]
        return answer


def sample(rows: list[Listed], most: int, seed: str) -> list[Listed]:
    """At most `most` of each repository and kind, in random order."""
    dice, taken, out = random.Random(seed), Counter[tuple[str, str]](), []
    rows = sorted(rows, key=lambda row: (row.repo, row.path))
    dice.shuffle(rows)
    for row in rows:
        if taken[row.repo, row.kind] < most:
            taken[row.repo, row.kind] += 1
            out.append(row)
    return out


def images_of(scores: Path) -> list[str]:
    """SHA-256 of each image that an earlier run judged, in its order."""
    return list(dict.fromkeys(json.loads(line)["sha256"] for line in scores.read_text().splitlines() if line))


def same_as(rows: list[Listed], wanted: list[str]) -> list[Listed]:
    """The rows of these images, in their order; ValueError where a list lacks one."""
    by_sha256 = {row.sha256: row for row in rows}
    lacking = [each for each in wanted if each not in by_sha256]
    if lacking:
        raise ValueError(f"the lists lack {len(lacking)} of {len(wanted)} images: {lacking[0]} ...")
    return [by_sha256[each] for each in wanted]


def deliveries(image: Image.Image, wanted: frozenset[str]) -> Iterator[tuple[str, Image.Image]]:
    if "stored" in wanted:
        yield "stored", image
    for name, recipe in (("web", WEB), ("hard", HARD)):
        if name in wanted:
            yield name, open_flat(encode(shrink(image, recipe.shorter, recipe.kernel), recipe.last))


_judges: list[Judge] = []
_peers: list[PeerJudge] = []
_blobs: list[Blobs] = []


def peers_in(clones: Path | None) -> list[PeerJudge]:
    if clones is None:
        return []
    from peers import peer_judges  # PyTorch is needed for them alone

    return peer_judges(clones)


def start(cards: list[Path], mirrors: Path, clones: Path | None) -> None:
    _judges.extend(Judge(card) for card in cards)
    _peers.extend(peers_in(clones))
    _blobs.append(Blobs(mirrors))


def judge(row: Listed, wanted: frozenset[str]) -> list[str]:
    try:
        image = _blobs[0].read(row)
    except (OSError, ValueError, Image.DecompressionBombError):
        image = None
    if image is None:
        return []
    lines = []
    for name, picture in deliveries(image, wanted):
        ready = prepared(picture)
        if np.asarray(ready.convert("L"), np.float64).std() < FLAT_DEVIATION:
            continue
        lines.append(json.dumps({
            "sha256": row.sha256, "label": row.label, "kind": row.kind, "repo": row.repo, "style": row.style,
            "delivery": name, "width": picture.width, "height": picture.height,
            # Ours get what the engine would prepare; a peer prepares the delivered picture as its authors do.
            "models": {each.version: each.logits(ready) for each in _judges}
            | {each.version: each.logits(picture) for each in _peers},
        }))
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--list", type=Path, required=True, nargs="+")
    parser.add_argument("--mirrors", type=Path, required=True)
    parser.add_argument("--reserved", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--card", type=Path, action="append", default=[])
    parser.add_argument("--peers", type=Path, help="clones of the published detectors in peers.py")
    parser.add_argument("--like", type=Path, help="scores of an earlier run, whose images are judged")
    parser.add_argument("--split", default="val")
    parser.add_argument("--most", type=int, default=120)
    parser.add_argument("--folds", type=Path, help="halves of the sources, for --half")
    parser.add_argument("--half", type=int, default=-1, help="only repositories of this half")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--deliveries", nargs="+", default=["stored", "web", "hard"])
    options = parser.parse_args()
    if options.half >= 0 and not options.folds:
        parser.error("--half needs --folds")
    if not options.card and not options.peers:
        parser.error("nothing to judge: give --card, --peers or both")
    peers_in(options.peers)  # What cannot be had is told here: a pool would start its processes again without end.
    reserved = read_reserved(options.reserved)
    rows = [row for file in options.list for row in read_list(file, options.split) if not is_reserved(row.sha256, reserved)]
    if options.half >= 0:
        halves = read_folds(options.folds)
        rows = [row for row in rows if halves.get(row.repo) == options.half]
    rows = same_as(rows, images_of(options.like)) if options.like else sample(rows, options.most, "truegrain-evaluate")
    done = set()
    if options.out.exists():
        done = {json.loads(line)["sha256"] for line in options.out.read_text().splitlines()}
    rows = [row for row in rows if row.sha256 not in done]
    print(f"{len(rows)} images to judge, {len(done)} there already", flush=True)
    with (
        options.out.open("a", encoding="utf-8") as out,
        multiprocessing.Pool(options.processes, start, (options.card, options.mirrors, options.peers)) as pool,
    ):
        work = partial(judge, wanted=frozenset(options.deliveries))
        for number, lines in enumerate(pool.imap_unordered(work, rows, chunksize=4), 1):
            out.writelines(line + "\n" for line in lines)
            if number % 200 == 0:
                out.flush()
                print(f"{number} images", flush=True)


if __name__ == "__main__":
    main()
