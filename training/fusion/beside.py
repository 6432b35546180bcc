"""The detector and the figures of all other layers together.

A layer that alone tells nothing beyond the detector may still do so beside others. So the other layers' figures are
taken as one: a regression over all of them (`modeloff.Joint`), which is stacked with the detector's log-odds. The two
weigh only where the whole ranks unseen sources better than the detector alone, in 95 % of resamples of the
repositories; all that is fitted (regressions, ridges, the two weights, the scaling) is fitted anew without the sources
that it is judged on.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data import Data
from fusing import RESAMPLES, Unseen, rescaled
from layers import LEAST_IMAGES, MODEL, Nested
from measures import Floats, auc, quantiles, resampled_auc
from modeloff import Joint, others, required
from stacking import FOLDS, Logistic, deal, fit_stack


@dataclass(frozen=True)
class Beside:
    """Areas under the curve over the same images, and the set as it would be shipped."""

    images: int
    alone: tuple[float, float, float]
    together: tuple[float, float, float]
    difference: tuple[float, float, float]
    """Each with its 95 % interval."""
    won: bool
    unseen: Unseen


def joint_of_unseen(data: Data, names: list[str], whole: Joint) -> Floats:
    """The regression's judgements of its own images, by ones of the same ridge that had not seen the image's source."""
    out = np.full(len(data), np.nan)
    folds = deal(data.labels, data.groups, FOLDS)
    for fold in range(FOLDS):
        test = folds == fold
        if test.any():
            out[test] = Joint(data.where(~test), names, whole.ridge).log_odds(data.where(test))
    return out


def stacked(model: Floats, joint: Floats, data: Data) -> Logistic | None:
    """Weights of both, never negative; None where too few images have both."""
    inputs = np.column_stack([model, joint])
    ran = np.isfinite(inputs).all(axis=1)
    if ran.sum() < LEAST_IMAGES or len(np.unique(data.labels[ran])) < 2:
        return None
    return fit_stack(inputs[ran], data.labels[ran])


def area(nested: Nested, raw: Floats, ran: np.ndarray) -> tuple[float, float, float]:
    y, groups = nested.data.labels[ran], nested.data.groups[ran]
    return auc(y, raw[ran]), *quantiles(resampled_auc(y, raw[ran], groups, RESAMPLES))


def with_figures(nested: Nested) -> Beside | None:
    """None where there is no detector or too few images that it judged."""
    data, checked, names = nested.data, nested.checked, others(nested)
    if MODEL not in nested.whole.models or not names:
        return None
    raw = np.full(len(data), np.nan)
    shares = {name: np.zeros(len(data)) for name in (MODEL, *names)}
    for fold, inner in enumerate(nested.inner):
        train, test = checked & (nested.folds != fold), nested.folds == fold
        learned, held_out = data.where(train), data.where(test)
        joint = Joint(learned, names)
        stack = stacked(inner[MODEL][train], joint_of_unseen(learned, names, joint), learned) if MODEL in inner else None
        if stack is None:
            continue
        model_weight, joint_weight = stack.weights
        raw[test] = stack(np.column_stack([nested.outer[MODEL][test], joint.log_odds(held_out)]))
        shares[MODEL][test] = np.nan_to_num(model_weight * nested.outer[MODEL][test])
        for name, values in joint.parts(held_out).items():
            shares[name][test] = joint_weight * values
    key = required(nested, names)
    raw[~np.isfinite(np.column_stack([nested.outer[name] for name in (MODEL, *key)])).all(axis=1)] = np.nan
    ran = checked & np.isfinite(raw)
    learned = data.where(checked)
    joint = Joint(learned, names)
    stack = stacked(nested.unseen(MODEL)[checked], joint_of_unseen(learned, names, joint), learned)
    if stack is None or ran.sum() < LEAST_IMAGES or len(np.unique(data.labels[ran])) < 2:
        return None
    model_weight, joint_weight = (float(weight) for weight in stack.weights)
    scaling, log_odds = rescaled(nested, raw)
    unseen = Unseen(
        (MODEL, *key), stack.intercept + joint_weight * joint.logistic.intercept,
        {MODEL: model_weight, **dict.fromkeys(names, joint_weight)}, joint.fits(), scaling, log_odds,
        {name: scaling.slope * values for name, values in shares.items()},
    )
    y, groups, alone = data.labels[ran], data.groups[ran], nested.outer[MODEL]
    gains = resampled_auc(y, raw[ran], groups, RESAMPLES) - resampled_auc(y, alone[ran], groups, RESAMPLES)
    difference = auc(y, raw[ran]) - auc(y, alone[ran])
    return Beside(
        int(ran.sum()), area(nested, alone, ran), area(nested, raw, ran), (difference, *quantiles(gains)),
        quantiles(gains, 0.90)[0] > 0, unseen,
    )
