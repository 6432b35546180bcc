"""What the layers are worth together where the detector did not run.

Three ways, tried in this order, each judged leave-source-out with everything that it chooses (layers, ridge) chosen
anew without the sources that it is judged on:

1. a stack of the layers that rank unseen sources better than chance;
2. a stack of all layers, its ridge chosen by inner folds of sources;
3. one logistic regression over all layers' figures, likewise.

The first that ranks unseen sources better than the best single layer does, by more than its 95 % interval over
resampled repositories, is shipped; where none does, the first, because it is the simplest. Boosted trees stand beside
them in `compare.py`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data import Data
from fusing import RESAMPLES, Key, Unseen, earning_layers, rescaled, subsets
from layers import LEAST_IMAGES, MODEL, Nested
from measures import Floats, auc, quantiles, resampled_auc
from stacking import Logistic, Scaler, fit_logistic, fit_scaler, fit_stack, likeliest_ridge, rounded

STACK_RIDGES = (1.0, 10.0, 100.0, 1000.0)
JOINT_RIDGES = (30.0, 100.0, 300.0, 1000.0, 3000.0)
# A layer that ran on fewer of the images counts where it ran; the others must have run.
MOSTLY = 0.95
WAYS = ("a stack of the layers better than chance", "a stack of all layers", "one regression over all figures")


@dataclass(frozen=True)
class Way:
    name: str
    raw: Floats
    """Of every image, by fits that had not seen its source; NaN where it could not be judged."""
    unseen: Unseen | None
    """As it would be shipped, where that is one set of layers."""


@dataclass(frozen=True)
class ModelOff:
    ways: tuple[Way, ...]
    best: str
    """The single layer that ranks unseen sources best."""
    chosen: int
    """Which of `ways` is shipped."""


def others(nested: Nested) -> list[str]:
    return [name for name in nested.whole.models if name != MODEL]


def required(nested: Nested, names: list[str]) -> Key:
    checked = nested.checked
    return tuple(name for name in names if np.isfinite(nested.outer[name][checked]).mean() >= MOSTLY)


def stack_of_earning(nested: Nested) -> Floats:
    """The layers are chosen anew for every fold, without its sources."""
    data = nested.data
    raw = np.full(len(data), np.nan)
    for fold, columns in enumerate(nested.inner):
        train, test = nested.checked & (nested.folds != fold), nested.folds == fold
        scores = {name: columns[name][train] for name in others(nested) if name in columns}
        key = earning_layers(scores, data.labels[train], data.groups[train])
        # As the engine would: the largest set whose layers all ran.
        for own in reversed([own for own in subsets(key) if own]):
            inputs = np.column_stack([columns[name] for name in own])
            ran = np.isfinite(inputs).all(axis=1)
            if ran.sum() < LEAST_IMAGES or len(np.unique(data.labels[ran])) < 2:
                continue
            judged = fit_stack(inputs[ran], data.labels[ran])(np.column_stack([nested.outer[name][test] for name in own]))
            raw[test] = np.where(np.isfinite(judged), judged, raw[test])
    # A fold in which no layer stands out has nothing to say: even odds.
    raw[nested.checked & ~np.isfinite(raw)] = 0
    return raw


def stack_of_all(nested: Nested) -> Way:
    data, checked, names = nested.data, nested.checked, others(nested)

    def fitted(columns: dict[str, Floats], rows: np.ndarray) -> Logistic:
        inputs = np.nan_to_num(np.column_stack([columns.get(n, np.full(len(data), np.nan))[rows] for n in names]))
        y, groups = data.labels[rows], data.groups[rows]
        return fit_logistic(inputs, y, likeliest_ridge(inputs, y, groups, STACK_RIDGES, True), True)

    raw = np.full(len(data), np.nan)
    columns = np.nan_to_num(np.column_stack([nested.outer[name] for name in names]))
    for fold, inner in enumerate(nested.inner):
        test = nested.folds == fold
        raw[test] = fitted(inner, checked & ~test)(columns[test])
    key = required(nested, names)
    raw[~np.isfinite(np.column_stack([nested.outer[name] for name in key])).all(axis=1)] = np.nan
    stack = fitted({name: nested.unseen(name) for name in names}, checked)
    scaling, log_odds = rescaled(nested, raw)
    weights = {name: float(w) for name, w in zip(names, stack.weights, strict=True) if w > 0 or name in key}
    parts = {name: np.nan_to_num(scaling.slope * w * nested.outer[name]) for name, w in weights.items()}
    return Way(WAYS[1], raw, Unseen(key, stack.intercept, weights, {}, scaling, log_odds, parts))


class Joint:
    """One regression over the figures of all layers; what was not measured counts as the mean and adds nothing."""

    def __init__(self, data: Data, names: list[str], ridge: float | None = None) -> None:
        """`ridge`: None to choose it by inner folds of sources."""
        self.columns = {name: data.layer(name)[0] for name in names}
        raw = self.raw(data)
        self.scaler: Scaler = fit_scaler(raw)
        inputs = np.nan_to_num(self.scaler(raw))
        self.ridge = likeliest_ridge(inputs, data.labels, data.groups, JOINT_RIDGES, False) if ridge is None else ridge
        self.logistic = fit_logistic(inputs, data.labels, self.ridge)

    def raw(self, data: Data) -> Floats:
        return np.hstack([data.layer(name, figures)[1] for name, figures in self.columns.items()])

    def spans(self) -> dict[str, slice]:
        out, start = {}, 0
        for name, figures in self.columns.items():
            out[name] = slice(start, start + len(figures))
            start += len(figures)
        return out

    def parts(self, data: Data) -> dict[str, Floats]:
        """What each layer adds to the log-odds, before scaling."""
        inputs = np.nan_to_num(self.scaler(self.raw(data)))
        return {name: inputs[:, at] @ self.logistic.weights[at] for name, at in self.spans().items()}

    def log_odds(self, data: Data) -> Floats:
        """Before scaling."""
        return self.logistic.intercept + np.sum(list(self.parts(data).values()), axis=0)

    def fits(self) -> dict[str, dict[str, object]]:
        out: dict[str, dict[str, object]] = {}
        for name, at in self.spans().items():
            figures = zip(
                self.columns[name], self.scaler.mean[at], self.scaler.scale[at], self.logistic.weights[at],
                self.scaler.low[at], self.scaler.high[at], strict=True,
            )
            terms = [
                {"feature": f, "mean": rounded(m), "scale": rounded(s), "coefficient": rounded(w), "low": rounded(lo), "high": rounded(hi)}
                for f, m, s, w, lo, hi in figures
            ]
            out[name] = {"kind": "logistic", "intercept": 0, "terms": terms}
        return out


def one_regression(nested: Nested) -> Way:
    data, checked, names = nested.data, nested.checked, others(nested)
    raw = np.full(len(data), np.nan)
    parts = {name: np.zeros(len(data)) for name in names}
    for fold in range(len(nested.inner)):
        test = nested.folds == fold
        held_out = data.where(test)
        joint = Joint(data.where(checked & ~test), names)
        own = joint.parts(held_out)
        raw[test] = joint.logistic.intercept + np.sum(list(own.values()), axis=0)
        for name, values in own.items():
            parts[name][test] = values
    key = required(nested, names)
    raw[~np.isfinite(np.column_stack([nested.outer[name] for name in key])).all(axis=1)] = np.nan
    final = Joint(data.where(checked), names)
    scaling, log_odds = rescaled(nested, raw)
    unseen = Unseen(
        key, final.logistic.intercept, dict.fromkeys(names, 1.0), final.fits(), scaling, log_odds,
        {name: scaling.slope * values for name, values in parts.items()},
    )
    return Way(WAYS[2], raw, unseen)


def best_single(nested: Nested) -> str:
    """By the area under the curve over `mixed`, among layers that ran on nearly all of it that they may judge."""
    checked = nested.checked & (nested.data.splits == "val")

    def ranks(name: str) -> float:
        ran = nested.mixed & np.isfinite(nested.outer[name])
        return auc(nested.data.labels[ran], nested.outer[name][ran])

    able = [name for name in others(nested) if np.isfinite(nested.outer[name][checked]).mean() >= MOSTLY]
    return max(able, key=ranks)


def better_than(nested: Nested, raw: Floats, base: Floats, chosen: np.ndarray) -> tuple[float, float, float]:
    """Difference of the areas under the curve over the same images, and its 95 % interval."""
    both = chosen & np.isfinite(raw) & np.isfinite(base)
    y, a, b = nested.data.labels[both], raw[both], base[both]
    groups = nested.data.groups[both]
    low, high = quantiles(resampled_auc(y, a, groups, RESAMPLES) - resampled_auc(y, b, groups, RESAMPLES))
    return auc(y, a) - auc(y, b), low, high


def without_model(nested: Nested) -> ModelOff:
    ways = (Way(WAYS[0], stack_of_earning(nested), None), stack_of_all(nested), one_regression(nested))
    best = best_single(nested)
    won = [better_than(nested, way.raw, nested.outer[best], nested.mixed)[1] > 0 for way in ways]
    return ModelOff(ways, best, won.index(True) if any(won) else 0)
