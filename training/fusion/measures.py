"""Figures of merit. Scores rise with the evidence for class 1; weights make the classes weigh the same."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Labels = NDArray[np.int_]
Measure = Callable[[NDArray[np.intp]], float]


def class_weights(labels: Labels) -> Floats:
    """Weights under which both classes sum to half of n: even prior odds."""
    weights = np.zeros(len(labels))
    for value in (0, 1):
        chosen = labels == value
        if chosen.any():
            weights[chosen] = len(labels) / (2 * chosen.sum())
    return weights


def auc(labels: Labels, scores: Floats) -> float:
    """Area under the ROC curve, as the Mann-Whitney statistic; ties count half."""
    positive, negative = scores[labels == 1], np.sort(scores[labels == 0])
    if len(positive) == 0 or len(negative) == 0:
        return float("nan")
    below = np.searchsorted(negative, positive, "left") + np.searchsorted(negative, positive, "right")
    return float(below.mean() / (2 * len(negative)))


def true_positive_rate(labels: Labels, scores: Floats, false_positives: float) -> float:
    """Share of class 1 above the smallest threshold that at most `false_positives` of class 0 exceed."""
    negative = np.sort(scores[labels == 0])
    allowed = int(np.floor(false_positives * len(negative)))
    threshold = negative[len(negative) - 1 - allowed]
    return float((scores[labels == 1] > threshold).mean())


def balanced_accuracy(labels: Labels, probabilities: Floats, threshold: float = 0.5) -> float:
    called = probabilities >= threshold
    return float((called[labels == 1].mean() + 1 - called[labels == 0].mean()) / 2)


def residual(labels: Labels, probabilities: Floats, weights: Floats) -> float:
    """Weighted mean of (label - probability): how far a group of answers is off, with its sign."""
    total = weights.sum()
    return float((weights * (labels - probabilities)).sum() / total) if total > 0 else 0.0


def calibration_error(labels: Labels, probabilities: Floats, weights: Floats, edges: Floats) -> float:
    """Expected calibration error over the bins that `edges` (inner edges, ascending) part."""
    bins = np.searchsorted(edges, probabilities, "left")
    total = weights.sum()
    error = 0.0
    for index in range(len(edges) + 1):
        inside = bins == index
        if inside.any():
            share = weights[inside].sum() / total
            error += share * abs(residual(labels[inside], probabilities[inside], weights[inside]))
    return float(error)


def bootstrap_by_group(
    labels: Labels, groups: NDArray[np.str_], times: int, seed: int = 1
) -> list[NDArray[np.intp]]:
    """Row numbers of `times` resamples that draw whole groups, with replacement, within each class.

    Images of one repository resemble each other: resampling images would make intervals far too narrow.
    """
    dice = np.random.default_rng(seed)
    rows = {
        value: [np.flatnonzero((groups == name) & (labels == value)) for name in np.unique(groups[labels == value])]
        for value in (0, 1)
    }
    out = []
    for _ in range(times):
        drawn = [own[i] for own in rows.values() if own for i in dice.integers(0, len(own), len(own))]
        out.append(np.concatenate(drawn))
    return out


def resampled_auc(labels: Labels, scores: Floats, groups: NDArray[np.str_], times: int, seed: int = 1) -> Floats:
    """`auc` of every resample of `bootstrap_by_group`, from the pairs that each two groups hold: the same figures in a
    fraction of the time.
    """
    dice = np.random.default_rng(seed)
    members = {
        value: (np.unique(groups[labels == value])[:, None] == groups[labels == value][None, :]).astype(np.float64)
        for value in (0, 1)
    }
    if any(member.size == 0 for member in members.values()):
        return np.full(times, np.nan)
    positive, negative = scores[labels == 1], scores[labels == 0]
    order = np.sort(negative, kind="stable")
    position = np.argsort(negative, kind="stable")
    # Cumulated over the sorted negatives: how many of each group lie below a positive, ties as halves.
    below = np.hstack([np.zeros((len(members[0]), 1)), np.cumsum(members[0][:, position], axis=1)])
    left, right = np.searchsorted(order, positive, "left"), np.searchsorted(order, positive, "right")
    wins = members[1] @ ((below[:, left] + below[:, right]) / 2).T
    sizes = {value: member.sum(axis=1) for value, member in members.items()}
    drawn = {value: np.zeros((times, len(member))) for value, member in members.items()}
    for i in range(times):
        for value, member in members.items():
            drawn[value][i] = np.bincount(dice.integers(0, len(member), len(member)), minlength=len(member))
    pairs = (drawn[1] @ sizes[1]) * (drawn[0] @ sizes[0])
    return np.einsum("tp,pn,tn->t", drawn[1], wins, drawn[0], optimize=True) / pairs


def quantiles(values: Floats, level: float = 0.95) -> tuple[float, float]:
    """Percentile interval of finite values."""
    finite = values[np.isfinite(values)]
    if len(finite) == 0:
        return float("nan"), float("nan")
    low, high = np.quantile(finite, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def interval(
    measure: Callable[[NDArray[np.intp]], float], samples: list[NDArray[np.intp]], level: float = 0.95
) -> tuple[float, float]:
    """Percentile bootstrap interval of `measure(rows)`."""
    return quantiles(np.array([measure(rows) for rows in samples]), level)


def measures_of(called: NDArray[np.bool_], labels: Labels, claimed: int) -> dict[str, Measure]:
    """What a word that claims class `claimed` comes to, over the rows that each measure is given."""

    def share(value: int) -> Measure:
        return lambda rows: float(called[rows][labels[rows] == value].mean())

    def wrong(rows: NDArray[np.intp]) -> float:
        right, false = share(claimed)(rows), share(1 - claimed)(rows)
        return false / (right + false) if right + false > 0 else float("nan")

    return {"generated": share(1), "others": share(0), "wrong at even odds": wrong}


def by_source(groups: NDArray[np.str_]) -> Floats:
    """Weights under which every source weighs one, however many images it has."""
    _, index, counts = np.unique(groups, return_inverse=True, return_counts=True)
    return 1 / counts[index]


def decision_threshold(
    labels: Labels, probabilities: Floats, groups: NDArray[np.str_], most_wrong: float, least_called: int, most_false: float = 1.0
) -> float | None:
    """The lowest probability from which calling class 1 is wrong at most `most_wrong` of the time.

    "Wrong" is the share of class 0 among the called at even prior odds, where every source (`groups`) weighs the
    same: the next picture comes from a source that was not seen, and images of one source are right or wrong
    together. One more source of class 0, all of it called, is counted than was seen: the finite-sample correction
    of conformal prediction over sources (Dunn, Wasserman and Ramdas, "Distribution-free prediction sets for
    two-layer hierarchical models", 2023). `most_false` bounds the false positive rate likewise. At least
    `least_called` images of class 1 are called; None where no probability keeps all that.
    """
    if not (labels == 1).any() or not (labels == 0).any():
        return None
    order = np.argsort(-probabilities, kind="stable")
    ranked = probabilities[order]
    called: dict[int, Floats] = {}
    sources: dict[int, int] = {}
    for value in (0, 1):
        own = labels == value
        weights = np.zeros(len(labels))
        weights[own] = by_source(groups[own])
        called[value], sources[value] = np.cumsum(weights[order]), len(np.unique(groups[own]))
    false_rate = (called[0] + 1) / (sources[0] + 1)
    true_rate = called[1] / sources[1]
    keeps = (false_rate <= most_wrong * (false_rate + true_rate)) & (false_rate <= most_false)
    last_of_tie = np.append(ranked[1:] < ranked[:-1], True)
    found = np.flatnonzero(keeps & last_of_tie & (np.cumsum(labels[order] == 1) >= least_called))
    return float(ranked[found[-1]]) if len(found) else None
