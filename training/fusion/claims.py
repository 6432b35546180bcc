"""Counts what files claim of themselves, in all listed sources, as the engine's metadata layer reads them.

    python claims.py --list train.tsv.gz --mirrors DIR --out claims.tsv [--most 60]

The pixels' evidence comes from pictures made alike, which destroys metadata; and few repositories of `val` carry
any. Claims need no pixels, so they are counted on files as stored, of `train` and `val` both: nothing was ever
trained on what files say. At most `--most` files a repository and class, drawn by their SHA-256. Tiles cut out of
grids are no files of their own and are left out, and so are images kept for acceptance.
"""

from __future__ import annotations

import argparse
import csv
import random
import struct
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from data import CLAIMS
from measures import Floats, Labels, bootstrap_by_group, interval
from sources import TILE, Listed, Reader, is_reserved, read_list, read_reserved

FIELDS = ["split", "label", "repo", "claim", "files"]
SPLITS = ("train", "val")

# Policy, not data: EXIF is copied onto any picture in a second, so a camera's name may at most make a
# photograph three times as likely as it was. Editors' traces and missing metadata say next to nothing:
# most of the web strips metadata from photographs and generated pictures alike.
CAMERA_CAP = float(np.log(3))
WEAK_CAP = float(np.log(1.25))
# A share of resamples of the repositories that must agree on which way a claim points. What "generated" and
# "camera" point to is their meaning, not a finding; an editor's trace or silence could point either way.
AGREEMENT = 0.90
RESAMPLES = 300


class Claims:
    """One row a repository and class: how its files divide among `CLAIMS` (shares that sum to 1)."""

    def __init__(self, labels: Labels, repos: NDArray[np.str_], counts: Floats) -> None:
        self.labels = labels
        self.repos = repos
        self.counts = counts

    def without(self, repos: NDArray[np.str_]) -> Claims:
        keep = ~np.isin(self.repos, repos)
        return Claims(self.labels[keep], self.repos[keep], self.counts[keep])


def read_claims(path: Path) -> Claims:
    """What `claims.py` wrote. Raises SystemExit where a class has no repository."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    keys = sorted({(row["label"], row["repo"]) for row in rows})
    counts = np.zeros((len(keys), len(CLAIMS)))
    for row in rows:
        counts[keys.index((row["label"], row["repo"])), CLAIMS.index(row["claim"])] += int(row["files"])
    labels = np.array([1 if label == "ai" else 0 for label, _ in keys])
    if len(np.unique(labels)) < 2:
        raise SystemExit(f"{path}: needs repositories of both classes.")
    return Claims(labels, np.array([repo for _, repo in keys]), counts)


def ratios_of(labels: Labels, shares: Floats) -> Floats:
    """Log-likelihood ratios, every repository one vote, with one more in each class that claims all alike.

    The extra repository is the smoothing: where no photograph of n repositories says "generated", the share taken is
    1 in `5 (n + 1)` rather than 0. Counting files instead would let the one repository with a thousand files speak
    for the world.
    """
    even = np.full(shares.shape[1], 1 / shares.shape[1])
    rates = [(shares[labels == value].sum(axis=0) + even) / ((labels == value).sum() + 1) for value in (1, 0)]
    return np.log(rates[0] / rates[1])


def log_ratios(claims: Claims) -> dict[str, float]:
    """Ratio of each claim; 0 where it points against its meaning, or where it has none and resampled repositories do
    not agree (`AGREEMENT`) on which way it points.
    """
    shares = claims.counts / claims.counts.sum(axis=1, keepdims=True)
    found = ratios_of(claims.labels, shares)
    samples = bootstrap_by_group(claims.labels, claims.repos, RESAMPLES)
    out = {}
    for i, claim in enumerate(CLAIMS):
        value = float(found[i])
        if claim in ("generated", "composite"):
            out[claim] = max(0.0, value)
        elif claim == "camera":
            out[claim] = min(0.0, value)
        else:
            low, high = interval(lambda rows, i=i: ratios_of(claims.labels[rows], shares[rows])[i], samples, AGREEMENT)
            out[claim] = value if low > 0 or high < 0 else 0.0
    return out


def capped(ratios: dict[str, float]) -> dict[str, float]:
    """The ratios as the engine uses them (`claimLogOdds` in evidence.ts)."""
    return {
        "generated": max(0.0, ratios["generated"]),
        "composite": max(0.0, ratios["composite"]),
        "camera": float(np.clip(ratios["camera"], -CAMERA_CAP, 0)),
        "edited": float(np.clip(ratios["edited"], -WEAK_CAP, WEAK_CAP)),
        "none": float(np.clip(ratios["none"], -WEAK_CAP, WEAK_CAP)),
    }


def drawn(rows: list[Listed], most: int) -> list[Listed]:
    """At most `most` whole files of each repository and class."""
    own: dict[tuple[str, str], list[Listed]] = defaultdict(list)
    for row in rows:
        if not TILE.match(row.path):
            own[row.repo, row.label].append(row)
    dice = random.Random("truegrain-claims")
    out = []
    for key in sorted(own):
        files = sorted(own[key], key=lambda row: row.sha256)
        dice.shuffle(files)
        out.extend(files[:most])
    return out


class Parser:
    """The engine's metadata layer in a process of its own (`claims.mjs`)."""

    def __init__(self) -> None:
        script = Path(__file__).with_name("claims.mjs")
        self.process = subprocess.Popen(["node", str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def claim(self, content: bytes) -> str:
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(struct.pack("<I", len(content)) + content)
        self.process.stdin.flush()
        answer = self.process.stdout.readline().decode().strip()
        if answer not in CLAIMS:
            raise SystemExit(f"The metadata layer answered {answer!r}.")
        return answer

    def close(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait()


def counted(rows: Iterator[tuple[Listed, bytes]], parser: Parser) -> Counter[tuple[str, str, str, str]]:
    counts: Counter[tuple[str, str, str, str]] = Counter()
    for row, content in rows:
        counts[row.split, row.label, row.repo, parser.claim(content)] += 1
    return counts


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--list", type=Path, required=True)
    arguments.add_argument("--mirrors", type=Path, required=True)
    arguments.add_argument("--out", type=Path, required=True)
    arguments.add_argument("--reserved", type=Path, help="default: reserved.sha256 beside the list")
    arguments.add_argument("--most", type=int, default=60, help="files a repository and class")
    wish = arguments.parse_args()
    reserved = read_reserved(wish.reserved or wish.list.with_name("reserved.sha256"))
    rows = [
        row for split in SPLITS for row in read_list(wish.list, split)
        if row.label in ("ai", "real") and not is_reserved(row.sha256, reserved)
    ]
    reader, parser = Reader(wish.mirrors), Parser()
    counts = counted(reader.read(drawn(rows, wish.most)), parser)
    parser.close()
    with wish.out.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, delimiter="\t", lineterminator="\n")
        table.writerow(FIELDS)
        table.writerows([*key, count] for key, count in sorted(counts.items()))
    ratios = log_ratios(read_claims(wish.out))
    print(f"{sum(counts.values())} files; could not be had: {dict(reader.missing) or 'nothing'}")
    print({claim: round(value, 3) for claim, value in ratios.items()}, file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
