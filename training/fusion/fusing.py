"""The fusion as the engine computes it (`src/forensics/fusion`), fitted with sources kept apart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from data import CLAIMS, Data
from measures import Floats, Labels, auc, bootstrap_by_group, interval
from stacking import (
    FOLDS, LayerModel, Logistic, Platt, deal, fit_layer, fit_platt, fit_stack, out_of_fold, rounded,
)

# Policy, not data: EXIF is copied onto any picture in a second, so a camera's name may at most make a
# photograph three times as likely as it was. Editors' traces and missing metadata say next to nothing:
# most of the web strips metadata from photographs and generated pictures alike.
CAMERA_CAP = float(np.log(3))
WEAK_CAP = float(np.log(1.25))

# These speak by statements (`statements.ts`, and the claims below), never by weights.
STATING_LAYERS = frozenset({"metadata", "provenance", "watermark"})
# A layer that ran on fewer images has too little to learn from.
LEAST_IMAGES = 200
# Every subset of the combined layers is a set of weights of its own, for images where the others did not run.
MOST_COMBINED = 5
OUTER_FOLDS = 12


@dataclass(frozen=True)
class SetModel:
    layers: tuple[str, ...]
    stack: Logistic


@dataclass(frozen=True)
class Fusion:
    layers: dict[str, LayerModel | Platt]
    sets: tuple[SetModel, ...]

    def log_odds(self, data: Data) -> dict[str, Floats]:
        """Stage 1: each layer's calibrated log-odds; NaN where it did not run."""
        out = {}
        for name, model in self.layers.items():
            if isinstance(model, Platt):
                out[name] = model(data.layer(name, ("logit",))[1][:, 0])
            else:
                out[name] = model(data.layer(name, model.names)[1])
        return out

    def fused(self, data: Data) -> dict[tuple[str, ...], Floats]:
        """Stage 2, for every set of layers, before its Platt scaling; NaN where one of them did not run."""
        single = self.log_odds(data)
        return {
            s.layers: s.stack(np.column_stack([single[name] for name in s.layers])) for s in self.sets
        }


def fit_fusion(data: Data, combined: frozenset[str] | None = None) -> Fusion:
    """Both stages on one table of matched deliveries. Stage 2 sees stage 1 only out of source.

    With `combined`, only those layers are fitted, and every subset of them gets weights; without, every layer
    that ran stands alone.
    """
    layers: dict[str, LayerModel | Platt] = {}
    unseen: dict[str, Floats] = {}
    for name in data.measured():
        if name in STATING_LAYERS or (combined is not None and name not in combined):
            continue
        if name == "model":
            raw = data.layer(name, ("logit",))[1]
        else:
            names, raw = data.layer(name)
        ran = np.isfinite(raw).all(axis=1) & (raw.shape[1] > 0)
        if ran.sum() < LEAST_IMAGES or len(np.unique(data.labels[ran])) < 2:
            continue
        labels, groups = data.labels[ran], data.groups[ran]
        if name == "model":
            model, predicted = fit_card(raw[ran, 0], labels, groups)
        else:
            model, predicted = fit_layer(names, raw[ran], labels, groups)
        layers[name] = model
        unseen[name] = np.full(len(data), np.nan)
        unseen[name][ran] = predicted
    sets = []
    for size in range(1, len(layers) + 1 if combined is not None else 2):
        for chosen in combinations(sorted(layers), size):
            inputs = np.column_stack([unseen[name] for name in chosen])
            ran = np.isfinite(inputs).all(axis=1)
            if ran.sum() < LEAST_IMAGES or len(np.unique(data.labels[ran])) < 2:
                continue
            sets.append(SetModel(chosen, fit_stack(inputs[ran], data.labels[ran])))
    return Fusion(layers, tuple(sets))


def fit_card(logits: Floats, labels: Labels, groups: NDArray[np.str_]) -> tuple[Platt, Floats]:
    """Platt scaling of the detector's combined logit, which goes into the model card."""

    def fit(train: NDArray[np.bool_]) -> Callable[[NDArray[np.bool_]], Floats]:
        platt = fit_platt(logits[train], labels[train])
        return lambda test: platt(logits[test])

    return fit_platt(logits, labels), out_of_fold(fit, deal(labels, groups, FOLDS))


def smoothed_ratio(present: NDArray[np.bool_], labels: Labels) -> float:
    """Log-likelihood ratio of a claim, one pseudo-count added to every cell (Laplace)."""
    rates = [
        (np.sum(present & (labels == value)) + 1) / (np.sum(labels == value) + len(CLAIMS)) for value in (1, 0)
    ]
    return float(np.log(rates[0] / rates[1]))


def log_ratios(claims: NDArray[np.str_], labels: Labels, groups: NDArray[np.str_]) -> dict[str, float]:
    """Ratio of each claim; 0 where resampled sources do not agree (90 %) on which way it points."""
    samples = bootstrap_by_group(labels, groups, 300)
    out = {}
    for claim in CLAIMS:
        present = claims == claim
        low, high = interval(lambda rows: smoothed_ratio(present[rows], labels[rows]), samples, 0.90)
        out[claim] = smoothed_ratio(present, labels) if low > 0 or high < 0 else 0.0
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


@dataclass(frozen=True)
class Unseen:
    """Every image judged by a fit that has not seen its source."""

    layers: dict[str, Floats]
    sets: dict[tuple[str, ...], Floats]
    """Calibrated log-odds of each set of layers; NaN where one did not run."""
    pixels: Floats
    """Those of the set that the engine would choose."""
    claims: Floats
    folds: NDArray[np.intp]

    @property
    def probabilities(self) -> Floats:
        return clamped(self.pixels + self.claims)


def as_shipped(data: Data, fusion: Fusion, scaling: dict[tuple[str, ...], Platt], ratios: dict[str, float], unseen: Unseen) -> Unseen:
    """What the final weights answer for the images that they were fitted on: in sample, for comparison only."""
    sets = {key: scaling[key](values) for key, values in fusion.fused(data).items()}
    caps = capped(ratios)
    claims = np.array([caps[claim] for claim in data.claims])
    return Unseen(fusion.log_odds(data), sets, largest_set(sets, len(data)), claims, unseen.folds)


def earning_layers(data: Data, unseen: Unseen) -> tuple[str, ...]:
    """Layers that tell AI from real images of unseen sources: 95 % of resamples of sources say so. At most
    MOST_COMBINED, the surest first.

    A layer that does not is left without a say rather than with a little: its small weight would come from
    what the few sources at hand happen to look like.
    """
    mixed = data.deliveries == "mixed"
    bounds: dict[str, float] = {}
    for name, log_odds in unseen.layers.items():
        ran = mixed & np.isfinite(log_odds)
        y, s = data.labels[ran], log_odds[ran]
        low, _ = interval(lambda rows: auc(y[rows], s[rows]), bootstrap_by_group(y, data.groups[ran], 1000), 0.90)
        if low > 0.5:
            bounds[name] = low
    return tuple(sorted(bounds, key=lambda name: -bounds[name])[:MOST_COMBINED])


def worthwhile_layers(data: Data, earning: tuple[str, ...]) -> frozenset[str]:
    """Of the layers that earn a say, in their order, those with which the whole ranks unseen sources better.

    A layer joins where 95 % of resamples of the sources put the area under the curve above that without it,
    over the same images: the simpler fusion stands unless the other wins by more than chance.
    """
    chosen: tuple[str, ...] = earning[:1]
    mixed = data.where(data.deliveries == "mixed")
    for name in earning[1:]:
        unseen, _ = leave_sources_out(mixed, frozenset((*chosen, name)))
        without, together = (unseen.sets[tuple(sorted(key))] for key in (chosen, (*chosen, name)))
        ran = np.isfinite(without) & np.isfinite(together)
        y, a, b = mixed.labels[ran], without[ran], together[ran]
        samples = bootstrap_by_group(y, mixed.groups[ran], 1000)
        low, _ = interval(lambda rows: auc(y[rows], b[rows]) - auc(y[rows], a[rows]), samples, 0.90)
        if low > 0:
            chosen = (*chosen, name)
    return frozenset(chosen)


def largest_set(sets: dict[tuple[str, ...], Floats], n: int) -> Floats:
    pixels = np.zeros(n)
    for key in sorted(sets, key=len):  # larger sets later: they win where they ran
        ran = np.isfinite(sets[key])
        pixels[ran] = sets[key][ran]
    return pixels


def clamped(log_odds: Floats) -> Floats:
    return np.clip(expit(log_odds), 0.01, 0.99)


def leave_sources_out(
    data: Data, combined: frozenset[str] | None = None
) -> tuple[Unseen, dict[tuple[str, ...], Platt]]:
    """Predictions out of source for all deliveries, and the Platt scaling of each set fitted on them.

    Weights are fitted on `mixed` alone, claims on `stored` alone; both without the repositories of the
    fold that is predicted. The scaling of a fold comes from the other folds' predictions.
    """
    folds = deal(data.labels, data.groups, OUTER_FOLDS)
    layers: dict[str, Floats] = {}
    raw: dict[tuple[str, ...], Floats] = {}
    claims = np.zeros(len(data))
    for fold in range(OUTER_FOLDS):
        test = folds == fold
        if not test.any():
            continue
        fusion = fit_fusion(data.where(~test & (data.deliveries == "mixed")), combined)
        held_out = data.where(test)
        for name, values in fusion.log_odds(held_out).items():
            layers.setdefault(name, np.full(len(data), np.nan))[test] = values
        for key, values in fusion.fused(held_out).items():
            raw.setdefault(key, np.full(len(data), np.nan))[test] = values
        stored = ~test & (data.deliveries == "stored")
        ratios = capped(log_ratios(data.claims[stored], data.labels[stored], data.groups[stored]))
        claims[test] = [ratios[claim] for claim in held_out.claims]

    mixed = data.deliveries == "mixed"
    scaled: dict[tuple[str, ...], Floats] = {}
    final: dict[tuple[str, ...], Platt] = {}
    for key, logits in raw.items():
        usable = mixed & np.isfinite(logits)
        final[key] = fit_platt(logits[usable], data.labels[usable])
        scaled[key] = np.full(len(data), np.nan)
        for fold in range(OUTER_FOLDS):
            others = usable & (folds != fold)
            scaled[key][folds == fold] = fit_platt(logits[others], data.labels[others])(logits[folds == fold])
    return Unseen(layers, scaled, largest_set(scaled, len(data)), claims, folds), final


def set_json(model: SetModel, platt: Platt, half_width: float) -> dict[str, object]:
    return {
        "layers": list(model.layers),
        "intercept": rounded(model.stack.intercept),
        "weights": {name: rounded(w) for name, w in zip(model.layers, model.stack.weights, strict=True)},
        "calibration": {"slope": rounded(max(platt.slope, 1e-6)), "intercept": rounded(platt.intercept)},
        "halfWidth": rounded(half_width),
    }
