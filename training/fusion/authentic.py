"""Finds how low the probability has to be for "likely authentic", and leaves every weight and other threshold as it is.

    npm run check -- DIR --json answers.jsonl --features
    python authentic.py answers.jsonl ... --manifest DIR/manifest.tsv ... --out ../../public/models/fusion.json [--print]

That a real picture is told from all generated ones is shown by many sources of generated ones only: with a hundred, the one
that is counted wrong beside those that were seen (conformal prediction over sources) already breaks the promise. So this
word often has to wait for pictures that come after the fit. The engine has to have judged them with the weights in `--out`,
which is looked at, and with networks that never saw their sources, which is not. What `deciding.py` asks of a threshold is
asked here: at most one in twenty wrong by sources, one more than was seen counted wrong; and once more, by images, by
thresholds fitted on other sources, no kind of generated picture with 100 or more called so more often than one in ten.
"""

from __future__ import annotations

import argparse
import datetime
import json
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from data import Data, load, read_manifests
from deciding import band, chosen_anew, judge, settled
from fusing import Key
from layers import LEAST_IMAGES
from measures import bootstrap_by_group, interval
from stacking import FOLDS, deal, rounded
from weighed import check_same, evidence_of, read_answers, sets_of, widths_of

WORD = "likely-authentic"


@dataclass(frozen=True)
class Found:
    """What one set of layers may call likely authentic, and whom it does."""

    threshold: float | None
    data: Data
    """The pictures that the set can judge."""
    crossed: NDArray[np.bool_]
    """Those called so by thresholds fitted on other sources."""
    anew: NDArray[np.bool_]
    """The same, the share of the promise that is aimed at chosen on other sources too."""


def find(config: dict, data: Data) -> dict[Key, Found]:
    """For each set with the detector that judged enough pictures of both classes. Raises ValueError where none did."""
    evidence = evidence_of(config, data)
    widths, halves = widths_of(config)
    folds = deal(data.labels, data.groups, FOLDS)
    out = {}
    for unseen in sets_of(config, data):
        able = np.isfinite(unseen.log_odds)
        if able.sum() < LEAST_IMAGES or len(np.unique(data.labels[able])) < 2:
            continue
        judged = judge(data, folds, (unseen,), evidence, able)
        own = band(widths, halves, judged)
        thresholds, crossed = settled(judged, own)
        out[unseen.key] = Found(thresholds.likely_authentic, judged.data, crossed == WORD, chosen_anew(judged, own) == WORD)
    if not out:
        raise ValueError(f"expected {LEAST_IMAGES} pictures of both classes that the detector judged, found {len(data)}")
    return out


def told(found: Found) -> str:
    """How many real and generated pictures are called so, over deliveries that make both classes alike."""
    rows = found.data.deliveries != "stored"
    labels, groups = found.data.labels[rows], found.data.groups[rows]
    samples = bootstrap_by_group(labels, groups, 1000)
    lines = []
    for way, called in (("fitted on other sources", found.crossed[rows]), ("its share chosen there too", found.anew[rows])):

        def real(drawn: NDArray[np.intp], called: NDArray[np.bool_] = called) -> float:
            return float(called[drawn][labels[drawn] == 0].mean())

        def generated(drawn: NDArray[np.intp], called: NDArray[np.bool_] = called) -> float:
            return float(called[drawn][labels[drawn] == 1].mean())

        def wrong(drawn: NDArray[np.intp]) -> float:
            every = real(drawn) + generated(drawn)
            return generated(drawn) / every if every > 0 else float("nan")

        cells = []
        for name, measure in (("real", real), ("generated", generated), ("wrong at even odds", wrong)):
            low, high = interval(measure, samples)
            cells.append(f"{name} {measure(np.arange(len(labels))):.3f} ({low:.3f} to {high:.3f})")
        lines.append(f"  {way}: {', '.join(cells)}")
    return "\n".join(lines)


def with_thresholds(config: dict, found: dict[Key, Found], about: dict[str, object]) -> dict:
    """The weights with the word, and where it comes from."""
    sets = []
    for one in config["sets"]:
        own = found.get(tuple(one["layers"]))
        if own is not None:
            threshold = None if own.threshold is None else rounded(own.threshold)
            one = {**one, "verdicts": {**one["verdicts"], "likelyAuthentic": threshold}}
        sets.append(one)
    return {**config, "fitted": {**config["fitted"], "likelyAuthentic": about}, "sets": sets}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("answers", type=Path, nargs="+")
    parser.add_argument("--manifest", type=Path, required=True, nargs="+")
    parser.add_argument("--out", type=Path, required=True, help="the weights, of which this one threshold is written")
    parser.add_argument("--print", action="store_true", help="tell, and write nothing")
    options = parser.parse_args()
    config = json.loads(options.out.read_text())
    manifest, digest = read_manifests(options.manifest)
    # Nothing was learned from these pictures, wherever they are listed: every layer's figures count.
    unseen = {sha: [row | {"split": "val"} for row in rows] for sha, rows in manifest.items()}
    data, left_out = load(options.answers, unseen, read_answers(options.answers))
    sources = {value: len(np.unique(data.groups[data.labels == value])) for value in (0, 1)}
    print(f"{len(data)} deliveries of {sources[1]} sources of generated and {sources[0]} of real pictures; left out: {left_out}")
    try:
        check_same(config, data)
        found = find(config, data)
    except ValueError as error:
        sys.exit(str(error))
    for key, own in found.items():
        print(f"{' '.join(key)}: {own.threshold}\n{told(own)}")
    if not options.print:
        about = {
            "date": datetime.date.today().isoformat(),
            "command": "python authentic.py " + " ".join(path.name for path in options.answers),
            "manifestSha256": digest,
            "images": len(data),
        }
        options.out.write_text(json.dumps(with_thresholds(config, found, about), indent=2) + "\n")


if __name__ == "__main__":
    main()
