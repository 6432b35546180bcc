"""Logistic regression, calibrated layers and their stacking, with sources kept apart throughout."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

from measures import Floats, Labels, class_weights

RIDGES = (3.0, 30.0, 300.0)
FOLDS = 8


@dataclass(frozen=True)
class Logistic:
    intercept: float
    weights: Floats

    def __call__(self, inputs: Floats) -> Floats:
        return self.intercept + inputs @ self.weights


def fit_logistic(
    inputs: Floats, labels: Labels, ridge: float, never_negative: bool = False
) -> Logistic:
    """Maximum likelihood at even prior odds, with an L2 penalty on the weights (not on the intercept)."""
    n, width = inputs.shape
    design = np.hstack([np.ones((n, 1)), inputs])
    importance = class_weights(labels)
    signs = 2 * labels - 1
    penalty = np.full(width + 1, ridge)
    penalty[0] = 0

    def loss(parameters: Floats) -> tuple[float, Floats]:
        margins = signs * (design @ parameters)
        value = float((importance * np.logaddexp(0, -margins)).sum() + (penalty * parameters**2).sum() / 2)
        gradient = design.T @ (-importance * signs * expit(-margins)) + penalty * parameters
        return value / n, gradient / n

    start = np.zeros(width + 1)
    if not never_negative:
        found = newton(loss, start, design, importance, penalty)
        return Logistic(float(found[0]), found[1:])
    bounds = [(None, None)] + [(0.0, None)] * width
    bounded = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds)
    return Logistic(float(bounded.x[0]), bounded.x[1:])


def newton(
    loss: Callable[[Floats], tuple[float, Floats]], start: Floats, design: Floats, importance: Floats, penalty: Floats
) -> Floats:
    """Newton's method for the logistic loss (iteratively reweighted least squares), halving steps that overshoot."""
    at, (value, gradient) = start, loss(start)
    n = len(design)
    for _ in range(50):
        p = expit(design @ at)
        curvature = (design.T * (importance * p * (1 - p))) @ design
        step = np.linalg.solve(curvature + np.diag(penalty + 1e-9), n * gradient)
        size = 1.0
        while size > 1e-6:
            following = loss(at - size * step)
            if following[0] <= value:
                break
            size /= 2
        else:
            break
        at, (value, gradient) = at - size * step, following
        if np.abs(size * step).max() < 1e-8:
            break
    return at


@dataclass(frozen=True)
class Platt:
    """`slope * logit + intercept` (Platt 1999); the slope is never negative."""

    slope: float
    intercept: float

    def __call__(self, logits: Floats) -> Floats:
        return self.slope * logits + self.intercept


def fit_platt(logits: Floats, labels: Labels) -> Platt:
    fitted = fit_logistic(logits[:, None], labels, ridge=1e-3, never_negative=True)
    return Platt(float(fitted.weights[0]), fitted.intercept)


def deal(labels: Labels, groups: NDArray[np.str_], folds: int, first: NDArray[np.bool_] | None = None) -> NDArray[np.intp]:
    """A fold for every row: whole groups, largest first, class by class, so that each fold has both. A group that holds
    both classes lies in one fold nonetheless.

    Groups with rows in `first` are dealt by these rows as if there were no others, and the rest around them: rows that
    come in beside move nothing of what was there.
    """
    everything = np.ones(len(labels), dtype=bool)
    dealt: dict[str, int] = {}
    for chosen in (everything,) if first is None else (first, everything):
        known = dict(dealt)
        for value in (0, 1):
            names, counts = np.unique(groups[chosen & (labels == value)], return_counts=True)
            loads = np.zeros(folds)
            for name, count in zip(names, counts, strict=True):
                if name in known:
                    loads[known[name]] += count
            for at in np.lexsort((names, -counts)):
                name = str(names[at])
                if name not in known:
                    loads[dealt.setdefault(name, int(np.argmin(loads)))] += counts[at]
    return np.array([dealt[str(name)] for name in groups], dtype=np.intp)


def out_of_fold(
    fit: Callable[[NDArray[np.bool_]], Callable[[NDArray[np.bool_]], Floats]],
    folds: NDArray[np.intp],
) -> Floats:
    """Predictions for every row by a fit that has not seen its fold. `fit(train)` gives `predict(test)`."""
    out = np.full(len(folds), np.nan)
    for fold in np.unique(folds):
        test = folds == fold
        out[test] = fit(~test)(test)
    return out


@dataclass(frozen=True)
class Scaler:
    low: Floats
    high: Floats
    mean: Floats
    scale: Floats

    def __call__(self, raw: Floats) -> Floats:
        return (np.clip(raw, self.low, self.high) - self.mean) / self.scale


def fit_scaler(raw: Floats) -> Scaler:
    """Winsorised at 1 % and 99 %, then centred and scaled. NaN stands for what was not measured and is passed over."""
    # Many times slower than its namesake, and the same where nothing is missing.
    quantile = np.nanquantile if np.isnan(raw).any() else np.quantile
    low, high = quantile(raw, [0.01, 0.99], axis=0)
    clipped = np.clip(raw, low, high)
    scale = np.nanstd(clipped, axis=0)
    return Scaler(low, high, np.nanmean(clipped, axis=0), np.where(scale > 1e-12, scale, 1.0))


@dataclass(frozen=True)
class LayerModel:
    """Calibrated log-odds of one layer's features (n x k, finite)."""

    names: tuple[str, ...]
    scaler: Scaler
    logistic: Logistic
    platt: Platt
    ridge: float

    def __call__(self, raw: Floats) -> Floats:
        return self.platt(self.logistic(self.scaler(raw)))

    def to_json(self) -> dict[str, object]:
        scaler, weights = self.scaler, self.platt.slope * self.logistic.weights
        return {
            "kind": "logistic",
            "intercept": rounded(self.platt.slope * self.logistic.intercept + self.platt.intercept),
            "terms": [
                {
                    "feature": name,
                    "mean": rounded(scaler.mean[i]),
                    "scale": rounded(scaler.scale[i]),
                    "coefficient": rounded(weights[i]),
                    "low": rounded(scaler.low[i]),
                    "high": rounded(scaler.high[i]),
                }
                for i, name in enumerate(self.names)
            ],
        }


def rounded(value: float) -> float:
    """Seven significant digits: more than the data can tell, little enough to read."""
    return float(f"{float(value):.7g}")


def fit_layer(names: tuple[str, ...], raw: Floats, labels: Labels, groups: NDArray[np.str_]) -> tuple[LayerModel, Floats]:
    """A layer's model, and its calibrated log-odds for the same rows by fits that had not seen their source.

    The ridge is the one whose out-of-source predictions are likeliest; Platt scaling is fitted on those.
    """
    folds = deal(labels, groups, FOLDS)
    importance = class_weights(labels)

    def predictor(ridge: float) -> Callable[[NDArray[np.bool_]], Callable[[NDArray[np.bool_]], Floats]]:
        def fit(train: NDArray[np.bool_]) -> Callable[[NDArray[np.bool_]], Floats]:
            scaler = fit_scaler(raw[train])
            logistic = fit_logistic(scaler(raw[train]), labels[train], ridge)
            return lambda test: logistic(scaler(raw[test]))

        return fit

    best: tuple[float, float, Floats, Platt] | None = None
    for ridge in RIDGES:
        unseen = out_of_fold(predictor(ridge), folds)
        platt = fit_platt(unseen, labels)
        loss = float((importance * np.logaddexp(0, -(2 * labels - 1) * platt(unseen))).sum())
        if best is None or loss < best[0]:
            best = (loss, ridge, unseen, platt)
    assert best is not None
    _, ridge, unseen, platt = best
    scaler = fit_scaler(raw)
    model = LayerModel(names, scaler, fit_logistic(scaler(raw), labels, ridge), platt, ridge)
    return model, platt(unseen)


def likeliest_ridge(
    inputs: Floats, labels: Labels, groups: NDArray[np.str_], ridges: tuple[float, ...], never_negative: bool
) -> float:
    """The ridge whose scaled predictions for unseen sources are likeliest. NaN inputs are not allowed."""
    folds, importance = deal(labels, groups, FOLDS), class_weights(labels)

    def loss(ridge: float) -> float:
        def fit(train: NDArray[np.bool_]) -> Callable[[NDArray[np.bool_]], Floats]:
            logistic = fit_logistic(inputs[train], labels[train], ridge, never_negative)
            return lambda test: logistic(inputs[test])

        unseen = out_of_fold(fit, folds)
        margins = (2 * labels - 1) * fit_platt(unseen, labels)(unseen)
        return float((importance * np.logaddexp(0, -margins)).sum())

    return min(ridges, key=loss)


def fit_stack(log_odds: Floats, labels: Labels) -> Logistic:
    """Weights of the layers' out-of-source log-odds (Wolpert 1992), never negative (Breiman 1996)."""
    return fit_logistic(log_odds, labels, ridge=1.0, never_negative=True)
