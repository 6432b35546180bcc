"""Fits the thresholds of the verdict's words anew, and leaves every weight as it is.

    npm run check -- DIR --json answers.jsonl --features
    python promise.py answers.jsonl ... --manifest DIR/manifest.tsv ... --out ../../public/models/fusion.json [--print]

For pictures that came after the fit. What a word promises has to hold on them too, and a word that could not be said may
be said now: that a real picture is told from all generated ones is shown by many sources of generated ones only (with a
hundred, the one that is counted wrong beside those that were seen already breaks the promise). The engine has to have
judged them with the weights in `--out`, which is looked at, and with networks that never saw their sources, which is not.
What `deciding.py` asks of a threshold is asked here: the promise kept by sources, one more than was seen counted wrong; and
once more, by images, by thresholds fitted on other sources, no large kind of the other class called so more than one
time in ten.
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
from deciding import Thresholds, band, chosen_anew, judge, settled
from fusing import Key
from layers import LEAST_IMAGES
from measures import bootstrap_by_group, interval, measures_of
from stacking import FOLDS, deal
from weighed import check_same, evidence_of, read_answers, sets_of, widths_of

# Each word with the class that it claims.
WORDS = {"likely-ai-generated": 1, "likely-authentic": 0}


@dataclass(frozen=True)
class Found:
    """What one set of layers may say, and of whom it does."""

    thresholds: Thresholds
    data: Data
    """The pictures that the set can judge."""
    crossed: NDArray[np.str_]
    """Verdicts by thresholds fitted on other sources."""
    anew: NDArray[np.str_]
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
        out[unseen.key] = Found(thresholds, judged.data, crossed, chosen_anew(judged, own))
    if not out:
        raise ValueError(f"expected {LEAST_IMAGES} pictures of both classes that the detector judged, found {len(data)}")
    return out


def of_kinds(data: Data, called: NDArray[np.bool_], claimed: int) -> str:
    """Of each kind of the class that a word does not claim, how many are called so all the same."""
    others = data.labels != claimed
    kinds = np.unique(data.kinds[others])
    return ", ".join(f"{called[others & (data.kinds == kind)].sum()} of {(others & (data.kinds == kind)).sum()} {kind}" for kind in kinds)


def told(found: Found) -> str:
    """How much of each class is called so, over deliveries that make both classes alike."""
    rows = found.data.deliveries != "stored"
    labels = found.data.labels[rows]
    samples = bootstrap_by_group(labels, found.data.groups[rows], 1000)
    lines = []
    for word, claimed in WORDS.items():
        for way, given in (("fitted on other sources", found.crossed), ("its share chosen there too", found.anew)):
            cells = []
            for name, measure in measures_of(given[rows] == word, labels, claimed).items():
                low, high = interval(measure, samples)
                cells.append(f"{name} {measure(np.arange(len(labels))):.3f} ({low:.3f} to {high:.3f})")
            lines.append(f"  {word}, {way}: {', '.join(cells)}")
        called = found.crossed[rows] == word
        if called.any():
            lines.append(f"  {word} of the other class by kind, fitted on other sources: {of_kinds(found.data.where(rows), called, claimed)}")
    return "\n".join(lines)


def with_thresholds(config: dict, found: dict[Key, Found], about: dict[str, object]) -> dict:
    """The weights with other thresholds, and where these come from."""
    sets = [
        {**one, "verdicts": found[key].thresholds.to_json()} if (key := tuple(one["layers"])) in found else one
        for one in config["sets"]
    ]
    return {**config, "fitted": {**config["fitted"], "promises": about}, "sets": sets}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("answers", type=Path, nargs="+")
    parser.add_argument("--manifest", type=Path, required=True, nargs="+")
    parser.add_argument("--out", type=Path, required=True, help="the weights, of which only thresholds are written")
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
    if not options.print:
        about = {
            "date": datetime.date.today().isoformat(),
            "command": "python promise.py " + " ".join(path.name for path in options.answers),
            "manifestSha256": digest,
            "images": len(data),
        }
        options.out.write_text(json.dumps(with_thresholds(config, found, about), indent=2) + "\n")
    for key, own in found.items():
        print(f"{' '.join(key)}: {own.thresholds.to_json()}\n{told(own)}")


if __name__ == "__main__":
    main()
