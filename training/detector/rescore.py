"""Puts another card's log-odds into features that the engine has measured with an older one.

    python rescore.py [features.jsonl ...] --files DIR --card model.json --out rescored.jsonl

The engine's other layers know nothing of the detector, and `parity.browser.test.ts` holds its log-odds to these
here within 1e-2: so a new model needs no second run of the browser over the images before
`training/fusion/fit.py`. Files are found by their SHA-256 in DIR. Without features, every file in DIR gets the
detector's figures alone: enough for its calibration and for the thresholds.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import multiprocessing
import sys
from functools import partial
from pathlib import Path

import numpy as np

from evaluate import FLAT_DEVIATION, Judge, open_flat
from views import prepared

_judges: list[Judge] = []


def start(card: Path) -> None:
    _judges.append(Judge(card))


def judged(line: str, files: dict[str, Path]) -> str | None:
    row = json.loads(line)
    path = files.get(row.get("sha256", ""))
    if path is None or "features" not in row:
        return None
    judge = _judges[0]
    ready = prepared(open_flat(path.read_bytes()))
    if np.asarray(ready.convert("L"), np.float64).std() < FLAT_DEVIATION:
        return None
    views = judge.logits(ready)
    weights = judge.card["combine"]["weights"]
    logit = judge.card["combine"]["bias"] + sum(weights[name] * one["logit"] for name, one in views.items())
    crops = [each for name, one in views.items() if len(one["each"]) > 1 for each in one["each"]]
    row["modelVersion"] = judge.card["version"]
    row["features"]["model"] = {
        "logit": logit,
        **{f"logit.{name}": one["logit"] for name, one in views.items()},
        **({"crops.spread": float(np.std(crops))} if crops else {}),
    }
    return json.dumps(row)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("features", type=Path, nargs="*")
    parser.add_argument("--files", type=Path, action="append", required=True)
    parser.add_argument("--card", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
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
        answers = list(pool.imap(partial(judged, files=files), lines, chunksize=8))
        out.writelines(f"{line}\n" for line in answers if line)
    print(f"{sum(line is not None for line in answers)} of {len(lines)} rescored", file=sys.stderr)


if __name__ == "__main__":
    main()
