"""Puts a new detector on the scale of the one that the verdict was fitted with.

    python carry.py --before OLD-1.jsonl OLD-2.jsonl --after NEW-1.jsonl NEW-2.jsonl --manifest M1.tsv M2.tsv \
      --old OLD/model.json --card ../../public/models/model.json

For a detector that was taught a little further, where the pictures of the last fit are not at hand: weights, thresholds
and calibration stay, and the new log-odds are brought to where they mean what the old ones did. `--before` and `--after`
are `rescore.py`'s log-odds of the very same delivered pictures, by the old networks and by new ones, none of which saw
their repositories. Both get a Platt scaling (1999); the new log-odds at which it gives the old ones' probability is the
scale: `combine` of the card is multiplied and shifted by it, and `scale` tells of it. What the verdict is worth then has
to be measured with the engine itself; a fit of its own (`fit.py`) is better where its pictures can be had.
"""

from __future__ import annotations

import argparse
import datetime
import json
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from data import read_manifests, read_scores
from layers import LEAST_IMAGES
from scales import affine
from stacking import fit_platt


@dataclass(frozen=True)
class Scale:
    """`slope * new log-odds + offset` says what the old log-odds said."""

    slope: float
    offset: float
    images: int


def read_logits(files: list[Path]) -> dict[str, float]:
    """The detector's log-odds by SHA-256 of the delivered file."""
    return {sha256: figures["logit"] for sha256, figures in read_scores(files).figures.items()}


def read_labels(manifests: list[Path]) -> dict[str, int]:
    """1 for pictures made by AI, by SHA-256 of the delivered file."""
    return {sha256: int(rows[0]["label"] == "ai") for sha256, rows in read_manifests(manifests)[0].items()}


def scale_between(before: dict[str, float], after: dict[str, float], labels: dict[str, int]) -> Scale:
    """From pictures that both judged. ValueError where these are too few, of one class, or the order is turned round."""
    both = sorted(before.keys() & after.keys() & labels.keys())
    truth = np.array([labels[each] for each in both])
    if len(both) < LEAST_IMAGES or len(np.unique(truth)) < 2:
        raise ValueError(f"expected {LEAST_IMAGES} pictures of both classes that both detectors judged, found {len(both)}")
    old, new = (fit_platt(np.array([logits[each] for each in both]), truth) for logits in (before, after))
    return Scale(*affine(new, old), len(both))


def carried(card: dict, old: dict, scale: Scale, today: str) -> dict:
    """The new card with the old one's calibrations, its log-odds on the old scale."""
    if "scale" in card:
        raise ValueError(f"{card['version']} is on the scale of {card['scale']['of']} already")
    combine = card["combine"]
    of = old["scale"]["of"] if "scale" in old else old["version"]
    return {
        **card,
        "combine": {
            "bias": round(scale.slope * combine["bias"] + scale.offset, 7),
            "weights": {name: round(scale.slope * weight, 7) for name, weight in combine["weights"].items()},
        },
        "calibration": old["calibration"],
        "families": {**card["families"], "temperature": old["families"]["temperature"], "least": old["families"]["least"]},
        "scale": {
            "of": of, "slope": round(scale.slope, 7), "offset": round(scale.offset, 7), "images": scale.images, "date": today,
        },
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--before", type=Path, required=True, nargs="+", help="the old networks' log-odds")
    parser.add_argument("--after", type=Path, required=True, nargs="+", help="new networks' log-odds")
    parser.add_argument("--manifest", type=Path, required=True, nargs="+")
    parser.add_argument("--old", type=Path, required=True, help="the old card")
    parser.add_argument("--card", type=Path, required=True, help="the new card, which is written")
    options = parser.parse_args()
    try:
        scale = scale_between(read_logits(options.before), read_logits(options.after), read_labels(options.manifest))
        card = carried(json.loads(options.card.read_text()), json.loads(options.old.read_text()), scale, datetime.date.today().isoformat())
    except ValueError as error:
        sys.exit(str(error))
    options.card.write_text(json.dumps(card, indent=2) + "\n")
    print(f"{card['version']}: {scale.slope:.4f} * log-odds {scale.offset:+.4f}, from {scale.images} pictures")


if __name__ == "__main__":
    main()
