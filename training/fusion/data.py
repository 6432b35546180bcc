"""What the engine measured, joined with what each picture is."""

from __future__ import annotations

import csv
import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from measures import Floats, Labels

CLASS_ONE = {"ai": 1, "real": 0, "spliced": 1, "authentic": 0}
CLAIMS = ("generated", "composite", "camera", "edited", "none")

# What was learned from pictures of `train` judges those pictures better than any others: there it is taken as not
# measured, unless networks that never saw the picture's source judged it (`out_of_fold`).
LEARNED_ON_TRAIN = ("model", "fingerprint")

# A figure that fewer rows of its layer have is one of an older or newer engine: the layer is taken without it, rather
# than the rows without the layer.
MOSTLY = 0.95

# Figures that tell the shape or size of a picture, or how much of it was looked at, and not how it was made. AI
# pictures are mostly square here: a weight on the number of tiles would learn that.
EXCLUDED = {
    "tiles", "tileSide", "blocks", "cells", "patches", "samples", "pixels", "windows", "segments", "contours",
}


@dataclass(frozen=True)
class Data:
    """One row an image as delivered. Arrays have one entry a row."""

    labels: Labels
    groups: NDArray[np.str_]
    repos: NDArray[np.str_]
    deliveries: NDArray[np.str_]
    splits: NDArray[np.str_]
    kinds: NDArray[np.str_]
    formats: NDArray[np.str_]
    claims: NDArray[np.str_]
    included: NDArray[np.bool_]
    shorter: Floats
    bits_per_pixel: Floats
    features: tuple[dict[str, dict[str, float]], ...]
    model_versions: frozenset[str]

    def __len__(self) -> int:
        return len(self.labels)

    def where(self, chosen: NDArray[np.bool_]) -> Data:
        return Data(
            self.labels[chosen], self.groups[chosen], self.repos[chosen], self.deliveries[chosen], self.splits[chosen],
            self.kinds[chosen], self.formats[chosen], self.claims[chosen], self.included[chosen],
            self.shorter[chosen], self.bits_per_pixel[chosen],
            tuple(f for f, use in zip(self.features, chosen, strict=True) if use), self.model_versions,
        )

    def measured(self) -> tuple[str, ...]:
        """Layers that ran on any image and have figures."""
        return tuple(sorted({name for row in self.features for name, own in row.items() if own}))

    def layer(self, layer: str, names: tuple[str, ...] | None = None) -> tuple[tuple[str, ...], Floats]:
        """A layer's features (n x k); a row is NaN where the layer did not run or lacks a figure."""
        if names is None:
            rows_with = [row[layer] for row in self.features if row.get(layer)]
            counts = Counter(name for own in rows_with for name in own)
            names = tuple(sorted(n for n, count in counts.items() if count >= MOSTLY * len(rows_with) and n not in EXCLUDED))
        rows = [[row.get(layer, {}).get(name, np.nan) for name in names] for row in self.features]
        matrix = np.array(rows, dtype=np.float64).reshape(len(self), len(names))
        matrix[~np.isfinite(matrix).all(axis=1)] = np.nan
        return names, matrix


def read_manifests(paths: Iterable[Path]) -> tuple[dict[str, list[dict[str, str]]], str]:
    """Manifest rows by the delivered file's SHA-256, and the digest of all manifests together."""
    by_sha: dict[str, list[dict[str, str]]] = {}
    digest = hashlib.sha256()
    for path in paths:
        text = path.read_bytes()
        digest.update(text)
        for row in csv.DictReader(text.decode().splitlines(), delimiter="\t"):
            by_sha.setdefault(row["sha256"], []).append(row)
    return by_sha, digest.hexdigest()


@dataclass(frozen=True)
class Scores:
    """The detector's figures by the delivered file's SHA-256, as `training/detector/rescore.py` writes them."""

    figures: dict[str, dict[str, float]]
    versions: frozenset[str]


def read_scores(paths: Iterable[Path]) -> Scores:
    figures: dict[str, dict[str, float]] = {}
    versions = set()
    for path in paths:
        for line in path.read_text().splitlines():
            if line.strip():
                row = json.loads(line)
                figures[row["sha256"]] = row["features"]["model"]
                versions.add(str(row["modelVersion"]))
    return Scores(figures, frozenset(versions))


NO_SCORES = Scores({}, frozenset())


def load(
    features: Iterable[Path],
    manifest: dict[str, list[dict[str, str]]],
    detector: Scores = NO_SCORES,
    out_of_fold: Scores = NO_SCORES,
) -> tuple[Data, dict[str, int]]:
    """Joins `npm run check -- ... --json X --features` output with the manifest, by SHA-256.

    Answers the table and what was left out: errors of the engine, files of no manifest, repeats. Where `detector` has
    figures they stand for those measured, so that another detector needs no second run of the engine. Pictures of
    `train` have the detector's figures only from `out_of_fold`: networks that were trained without their repository.
    """
    left_out = {"errors": 0, "not in a manifest": 0, "repeated": 0}
    seen: set[str] = set()
    rows: list[tuple[dict[str, str], dict[str, object]]] = []
    for path in features:
        for line in path.read_text().splitlines():
            if not line.strip():
                continue
            checked = json.loads(line)
            if "error" in checked:
                left_out["errors"] += 1
                continue
            sha = checked["sha256"]
            if sha in seen:
                left_out["repeated"] += 1
                continue
            seen.add(sha)
            if sha not in manifest:
                left_out["not in a manifest"] += 1
                continue
            rows.extend((entry, checked) for entry in manifest[sha])
    if not rows:
        raise SystemExit("None of the checked files is in a manifest.")

    def text(name: str) -> NDArray[np.str_]:
        return np.array([entry[name] for entry, _ in rows])

    pixels = np.array([int(entry["width"]) * int(entry["height"]) for entry, _ in rows], dtype=np.float64)
    size = np.array([int(entry["bytes"]) for entry, _ in rows], dtype=np.float64)
    data = Data(
        labels=np.array([CLASS_ONE[entry["label"]] for entry, _ in rows]),
        groups=text("group"),
        repos=text("repo"),
        deliveries=text("delivery"),
        kinds=text("kind"),
        formats=np.char.lower(text("format")),
        claims=np.array([claim_of(checked) for _, checked in rows]),
        included=text("included") == "1",
        shorter=np.array([min(int(e["width"]), int(e["height"])) for e, _ in rows], dtype=np.float64),
        bits_per_pixel=8 * size / pixels,
        splits=np.array([split_of(entry) for entry, _ in rows]),
        features=tuple(honest(features_of(checked), entry, detector, out_of_fold) for entry, checked in rows),
        model_versions=detector.versions or frozenset(str(v) for e, c in rows if split_of(e) == "val" and (v := c.get("modelVersion"))),
    )
    return data, left_out


def split_of(entry: dict[str, str]) -> str:
    """Manifests written before there were any of `train` do not say: theirs is `val`."""
    return entry.get("split") or "val"


def honest(
    features: dict[str, dict[str, float]], entry: dict[str, str], detector: Scores, out_of_fold: Scores
) -> dict[str, dict[str, float]]:
    """What was measured, without judgements in sample."""
    learned = split_of(entry) == "train"
    scores = out_of_fold if learned else detector
    kept = {name: own for name, own in features.items() if not learned or name not in LEARNED_ON_TRAIN}
    if scores.figures:
        kept.pop("model", None)
    model = scores.figures.get(entry["sha256"])
    return kept if model is None else {**kept, "model": model}


def features_of(checked: dict[str, object]) -> dict[str, dict[str, float]]:
    """Features of the layers that ran."""
    features, layers = checked.get("features"), checked.get("layers")
    if not isinstance(features, dict) or not isinstance(layers, dict):
        raise SystemExit(f"{checked.get('file')}: no features. Was it checked with --features?")
    return {
        layer: own
        for layer, own in features.items()
        if isinstance(layers.get(layer), dict) and layers[layer].get("status") != "unavailable"
    }


def claim_of(checked: dict[str, object]) -> str:
    """What the file claims of itself: the first layer's claim that there is, as the engine takes it."""
    claims = checked.get("claims")
    if isinstance(claims, dict):
        for claim in claims.values():
            if isinstance(claim, dict) and claim.get("kind") in CLAIMS:
                return str(claim["kind"])
    return "none"
