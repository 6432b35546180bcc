"""Stage 2: the layers together, as the engine weighs them (`src/forensics/fusion`), judged with sources kept apart."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from layers import LEAST_IMAGES, MODEL, Nested
from measures import Floats, Labels, quantiles, resampled_auc
from stacking import FOLDS, Logistic, Platt, deal, fit_platt, fit_stack, out_of_fold, rounded

# Every subset of the combined layers is a set of weights of its own, for images where the others did not run.
MOST_COMBINED = 5
RESAMPLES = 1000

Key = tuple[str, ...]


@dataclass(frozen=True)
class Unseen:
    """A set of layers: its final weights, and every image judged by weights and scaling that had not seen its source."""

    key: Key
    """Layers that must have run."""
    intercept: float
    weights: dict[str, float]
    """Of those, and of layers that count where they ran."""
    fits: dict[str, dict[str, object]]
    """Layers whose evidence in this set is not their own calibrated log-odds but part of a fit of all features."""
    scaling: Platt
    log_odds: Floats
    """Calibrated; NaN where one of the layers did not run."""
    parts: dict[str, Floats]
    """Each layer's share of `log_odds`, 0 where it did not run."""


def leave_sources_out(nested: Nested, key: Key) -> Unseen | None:
    """One set of layers fitted and judged; None where too few images have them all."""
    data = nested.data

    def fitted(columns: dict[str, Floats]) -> Logistic | None:
        if any(name not in columns for name in key):
            return None
        inputs = np.column_stack([columns[name] for name in key])
        ran = np.isfinite(inputs).all(axis=1)
        if ran.sum() < LEAST_IMAGES or len(np.unique(data.labels[ran])) < 2:
            return None
        return fit_stack(inputs[ran], data.labels[ran])

    if any(name not in nested.whole.models for name in key):
        return None
    if len(key) == 1:
        return alone(nested, key[0])
    stack = fitted({name: nested.unseen(name) for name in key})
    if stack is None:
        return None
    raw = np.full(len(data), np.nan)
    for fold, columns in enumerate(nested.inner):
        test = nested.folds == fold
        own = fitted(columns)
        if own is not None and test.any():
            raw[test] = own(np.column_stack([nested.outer[name][test] for name in key]))
    scaling, log_odds = rescaled(nested, raw)
    weights = dict(zip(key, stack.weights.tolist(), strict=True))
    parts = {name: np.nan_to_num(scaling.slope * weights[name] * nested.outer[name]) for name in key}
    return Unseen(key, stack.intercept, weights, {}, scaling, log_odds, parts)


def alone(nested: Nested, name: str) -> Unseen | None:
    """One layer has been scaled in stage 1 already: scaled once more, by each fold a little otherwise, unseen sources
    are ranked worse and nothing is better calibrated.
    """
    values = nested.outer.get(name)
    if values is None or (nested.mixed & np.isfinite(values)).sum() < LEAST_IMAGES:
        return None
    return Unseen((name,), 0.0, {name: 1.0}, {}, Platt(1.0, 0.0), values, {name: np.nan_to_num(values)})


def rescaled(nested: Nested, raw: Floats) -> tuple[Platt, Floats]:
    """Platt scaling of judgements out of source, and these scaled by fits on the other folds' alone."""
    labels, usable = nested.data.labels, nested.mixed & np.isfinite(raw)
    out = np.full(len(raw), np.nan)
    for fold in np.unique(nested.folds):
        others = usable & (nested.folds != fold)
        out[nested.folds == fold] = fit_platt(raw[others], labels[others])(raw[nested.folds == fold])
    return fit_platt(raw[usable], labels[usable]), out


def earning_layers(scores: dict[str, Floats], labels: Labels, groups: NDArray[np.str_]) -> Key:
    """Layers that tell AI from real images of unseen sources: 95 % of resamples of sources say so. At most
    MOST_COMBINED, the surest first.

    A layer that does not is left without a say rather than with a little: its small weight would come from
    what the few sources at hand happen to look like.
    """
    bounds: dict[str, float] = {}
    for name, values in scores.items():
        ran = np.isfinite(values)
        if ran.sum() < LEAST_IMAGES:
            continue
        y, s = labels[ran], values[ran]
        low, _ = quantiles(resampled_auc(y, s, groups[ran], RESAMPLES), 0.90)
        if low > 0.5:
            bounds[name] = low
    return tuple(sorted(bounds, key=lambda name: -bounds[name])[:MOST_COMBINED])


def stacked_out_of_source(inputs: Floats, labels: Labels, groups: NDArray[np.str_]) -> Floats:
    """Judgements by stacks that had not seen the row's source, of layers that had not either."""

    def fit(train: NDArray[np.bool_]) -> Callable[[NDArray[np.bool_]], Floats]:
        stack = fit_stack(inputs[train], labels[train])
        return lambda test: stack(inputs[test])

    return out_of_fold(fit, deal(labels, groups, FOLDS))


def worthwhile_layers(first: Key, candidates: Iterable[str], scores: dict[str, Floats], labels: Labels, groups: NDArray[np.str_]) -> Key:
    """`first`, and of the candidates in their order those with which the whole ranks unseen sources better.

    A layer joins where 95 % of resamples of the sources put the area under the curve above that without it,
    over the same images: the simpler fusion stands unless the other wins by more than chance.
    """
    chosen = first
    for name in candidates:
        inputs = np.column_stack([scores[each] for each in (*chosen, name)])
        ran = np.isfinite(inputs).all(axis=1)
        if ran.sum() < LEAST_IMAGES:
            continue
        y, own = labels[ran], groups[ran]
        without = stacked_out_of_source(inputs[ran][:, :-1], y, own)
        together = stacked_out_of_source(inputs[ran], y, own)
        gain = resampled_auc(y, together, own, RESAMPLES) - resampled_auc(y, without, own, RESAMPLES)
        low, _ = quantiles(gain, 0.90)
        if low > 0:
            chosen = (*chosen, name)
    return chosen


@dataclass(frozen=True)
class Chosen:
    """Which layers weigh, with the detector and without it."""

    earning: Key
    """Layers besides the detector that rank unseen sources better than chance."""
    with_model: Key
    """The detector and the layers that make the whole better; empty where there is no detector."""

    def keys(self) -> list[Key]:
        """Sets in the engine's order of preference: with the detector before any without, larger ones first."""
        others = [name for name in self.with_model if name != MODEL]
        sets = [(MODEL, *rest) for rest in subsets(others)] if self.with_model else []
        return [*sets, *(key for key in subsets(self.earning) if key)]


def subsets(names: Iterable[str]) -> list[Key]:
    """All of them, the largest first, each in order of name."""
    ordered = sorted(names)
    return [key for size in range(len(ordered), -1, -1) for key in combinations(ordered, size)]


def choose_layers(nested: Nested) -> Chosen:
    """By judgements out of source of `mixed` alone."""
    mixed = nested.mixed
    labels, groups = nested.data.labels[mixed], nested.data.groups[mixed]
    scores = {name: values[mixed] for name, values in nested.outer.items()}
    others = {name: values for name, values in scores.items() if name != MODEL}
    earning = earning_layers(others, labels, groups)
    model = {MODEL: scores[MODEL]} if MODEL in scores else {}
    first = earning_layers(model, labels, groups)
    return Chosen(earning, worthwhile_layers(first, earning, scores, labels, groups) if first else ())


def clamped(log_odds: Floats) -> Floats:
    return np.clip(expit(log_odds), 0.01, 0.99)


def set_json(unseen: Unseen, half_width: float, verdicts: dict[str, float | None]) -> dict[str, object]:
    return {
        "layers": list(unseen.key),
        "intercept": rounded(unseen.intercept),
        "weights": {name: rounded(weight) for name, weight in unseen.weights.items()},
        **({"fits": unseen.fits} if unseen.fits else {}),
        "calibration": {"slope": rounded(max(unseen.scaling.slope, 1e-6)), "intercept": rounded(unseen.scaling.intercept)},
        "halfWidth": rounded(half_width),
        "verdicts": verdicts,
    }
