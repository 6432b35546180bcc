"""Puts another card's log-odds into features that the engine has measured with an older one.

    python rescore.py [features.jsonl ...] --files DIR --card model.json --out rescored.jsonl
    python rescore.py features.jsonl ... --files DIR --card half0/model.json half1/model.json --out out-of-fold.jsonl \
      --folds sources/folds.tsv --manifest DIR/manifest.tsv

The engine's other layers know nothing of the detector, and `parity.browser.test.ts` holds its log-odds to these
here within 1e-2: so a new model needs no second run of the browser over the images before
`training/fusion/fit.py`. Files are found by their SHA-256 in DIR. Without features, every file in DIR gets the
detector's figures alone: enough for its calibration and for the thresholds.

With several cards, the first trained without part 0 of the sources, the second without part 1 and so on (`folds.py`),
each picture is judged by the one that never saw its repository; pictures of repositories in no part are left out.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import multiprocessing
import sys
from functools import partial
from pathlib import Path

import numpy as np

from evaluate import FLAT_DEVIATION, Judge, open_flat
from folds import read_folds
from views import prepared

_judges: list[Judge] = []


def start(cards: list[Path]) -> None:
    _judges.extend(Judge(card) for card in cards)


def judged(line: str, files: dict[str, Path], halves: dict[str, int] | None) -> str | None:
    """`halves`: by SHA-256, which part of the sources the picture is of; None where one card judges all."""
    row = json.loads(line)
    path = files.get(row.get("sha256", ""))
    if path is None or "features" not in row or (halves is not None and row["sha256"] not in halves):
        return None
    judge = _judges[0 if halves is None else halves[row["sha256"]]]
    ready = prepared(open_flat(path.read_bytes()))
    if np.asarray(ready.convert("L"), np.float64).std() < FLAT_DEVIATION:
        return None
    views = judge.logits(ready)
    weights = judge.card["combine"]["weights"]
    logit = judge.card["combine"]["bias"] + sum(weights[name] * one["logit"] for name, one in views.items())
    row["modelVersion"] = judge.card["version"]
    row["features"]["model"] = {
        "logit": logit,
        **{f"logit.{name}": one["logit"] for name, one in views.items()},
    }
    return json.dumps(row)


def halves_of(manifests: list[Path], folds: Path) -> dict[str, int]:
    """Part of the sources by the delivered file's SHA-256."""
    halves = read_folds(folds)
    rows = [row for path in manifests for row in csv.DictReader(path.read_text().splitlines(), delimiter="\t")]
    return {row["sha256"]: halves[row["repo"]] for row in rows if row["repo"] in halves}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("features", type=Path, nargs="*")
    parser.add_argument("--files", type=Path, action="append", required=True)
    parser.add_argument("--card", type=Path, required=True, nargs="+")
    parser.add_argument("--folds", type=Path)
    parser.add_argument("--manifest", type=Path, action="append", default=[])
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    if (len(options.card) > 1) != bool(options.folds and options.manifest):
        parser.error("several cards go with --folds and --manifest, one card with neither")
    halves = halves_of(options.manifest, options.folds) if options.folds else None
    if halves and max(halves.values()) >= len(options.card):
        parser.error(f"{len(options.card)} cards for {max(halves.values()) + 1} parts of the sources")
    files = {
        hashlib.sha256(path.read_bytes()).hexdigest(): path
        for folder in options.files
        for path in folder.rglob("*")
        if path.is_file() and path.suffix != ".tsv"
    }
    lines = [line for path in options.features for line in path.read_text().splitlines() if line.strip()]
    if not options.features:
        lines = [json.dumps({"file": path.name, "sha256": sha256, "features": {}, "layers": {}}) for sha256, path in sorted(files.items())]
    with options.out.open("w") as out, multiprocessing.Pool(options.processes, start, (options.card,)) as pool:
        answers = list(pool.imap(partial(judged, files=files, halves=halves), lines, chunksize=8))
        out.writelines(f"{line}\n" for line in answers if line)
    print(f"{sum(line is not None for line in answers)} of {len(lines)} rescored", file=sys.stderr)


if __name__ == "__main__":
    main()
