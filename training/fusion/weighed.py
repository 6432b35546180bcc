"""The verdict's weights as they ship, applied to what the engine measured (`fuse` in src/forensics/fusion/fuse.ts)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from scipy.special import logit

from claims import capped
from data import Data, Scores
from deciding import ZONES, Widths
from fusing import Key, Unseen, clamped
from layers import MODEL
from measures import Floats
from stacking import Platt

# Among the detector's figures: its own calibrated log-odds, and the engine's probability of the whole.
SAID, ANSWERED = "said", "answered"
# The engine and this reading of its weights may differ by so much, in probability.
SAME = 1e-6


def read_answers(files: Iterable[Path]) -> Scores:
    """The detector's figures with `SAID` and `ANSWERED` beside them, of `npm run check -- DIR --json FILE --features`;
    pictures on which the engine or the detector failed are left out.
    """
    figures: dict[str, dict[str, float]] = {}
    versions = set()
    for path in files:
        for line in path.read_text().splitlines():
            row = json.loads(line)
            score = row.get("layers", {}).get(MODEL, {}).get("score")
            if score is not None:
                own = {SAID: float(logit(score)), ANSWERED: row["probability"]}
                figures[row["sha256"]] = row["features"][MODEL] | own
                versions.add(str(row["modelVersion"]))
    return Scores(figures, frozenset(versions))


def log_odds_of(fit: dict, layer: str, data: Data) -> Floats:
    """One layer's log-odds by its fit; NaN where it has no say."""
    if fit["kind"] == "own":
        _, values = data.layer(layer, (SAID,))
        return np.clip(values[:, 0], fit["low"], fit["high"])
    terms = fit["terms"]
    _, values = data.layer(layer, tuple(term["feature"] for term in terms))
    low, high, mean, scale, coefficient = (
        np.array([term[name] for term in terms]) for name in ("low", "high", "mean", "scale", "coefficient")
    )
    return fit["intercept"] + ((np.clip(values, low, high) - mean) / scale) @ coefficient


def sets_of(config: dict, data: Data) -> list[Unseen]:
    """The sets with the detector, in their order, and what each says of every row."""
    out = []
    for one in config["sets"]:
        if MODEL not in one["layers"]:
            continue
        fits, slope = one.get("fits", {}), one["calibration"]["slope"]
        own = {name: log_odds_of(fits.get(name) or config["layers"][name], name, data) for name in one["weights"]}
        ran = np.all([np.isfinite(own[name]) for name in one["layers"]], axis=0)
        parts = {name: slope * weight * np.nan_to_num(own[name]) for name, weight in one["weights"].items()}
        total = slope * one["intercept"] + one["calibration"]["intercept"] + sum(parts.values())
        out.append(Unseen(
            tuple(one["layers"]), one["intercept"], one["weights"], fits, Platt(slope, one["calibration"]["intercept"]),
            np.where(ran, total, np.nan), parts,
        ))
    return out


def evidence_of(config: dict, data: Data) -> Floats:
    """What each file's own claim adds."""
    ratios = capped(config["layers"]["metadata"]["logRatios"])
    return np.array([ratios[claim] for claim in data.claims])


def widths_of(config: dict) -> tuple[Widths, dict[Key, float]]:
    """The half-widths as they ship, and each set's."""
    told = config["uncertainty"]
    if [zone["upTo"] for zone in told["zones"]] != [*ZONES.tolist(), 1]:
        raise ValueError("the zones of uncertainty are others than deciding.py's")
    widths = Widths(
        zones=tuple(zone["halfWidth"] for zone in told["zones"]),
        small_side=told["small"]["shorterSide"],
        small=told["small"]["halfWidth"],
        low_bits=told["recompressed"]["bitsPerPixel"],
        recompressed=told["recompressed"]["halfWidth"],
        pixels_only=told["pixelsOnly"]["halfWidth"],
        conflict_from=told["conflict"]["logOdds"],
        conflict=told["conflict"]["halfWidth"],
    )
    return widths, {tuple(one["layers"]): one["halfWidth"] for one in config["sets"]}


def check_same(config: dict, data: Data) -> None:
    """Raises ValueError where these weights do not give the engine's own probabilities. Of files as stored and of those
    that state who made them nothing can be said: what is stated counts beside the weights (`statements.ts`).
    """
    evidence = evidence_of(config, data)
    said = np.full(len(data), np.nan)
    for unseen in reversed(sets_of(config, data)):
        ran = np.isfinite(unseen.log_odds)
        said[ran] = clamped(unseen.log_odds[ran] + evidence[ran])
    apart = np.abs(said - data.layer(MODEL, (ANSWERED,))[1][:, 0])
    apart[(data.deliveries == "stored") | (data.claims != "none")] = np.nan
    if (apart > SAME).any():
        raise ValueError(f"the engine judged with other weights: {np.nanmax(apart):.3g} apart in probability")
