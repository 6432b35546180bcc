"""Out-of-fold networks and the shipped ones on one scale.

The networks that judge pictures of `train` saw half of the sources and are fewer than the shipped ones: their log-odds
spread otherwise. What they say of a picture is used; how loud they say it is matched by the two parameters of Platt
scaling (1999), fitted for each on pictures that its networks never saw.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from data import Data
from layers import LEAST_IMAGES, MODEL
from stacking import Platt, fit_platt


def affine(theirs: Platt, ours: Platt) -> tuple[float, float]:
    """Slope and offset that bring their log-odds to where ours give the same probability. ValueError where either does
    not tell the classes apart.
    """
    if theirs.slope <= 0 or ours.slope <= 0:
        raise ValueError("a detector that does not tell the classes apart has no scale")
    return theirs.slope / ours.slope, (theirs.intercept - ours.intercept) / ours.slope


def on_one_scale(data: Data) -> Data:
    """`train` log-odds of the detector as the shipped networks would spread them; unchanged where either has too few
    judged pictures of both classes.
    """
    logits = data.layer(MODEL, ("logit",))[1][:, 0]
    judged = (data.deliveries == "mixed") & np.isfinite(logits)
    learned = data.splits == "train"
    fits: list[Platt] = []
    for rows in (judged & learned, judged & ~learned):
        if rows.sum() < LEAST_IMAGES or len(np.unique(data.labels[rows])) < 2:
            return data
        fits.append(fit_platt(logits[rows], data.labels[rows]))
    try:
        slope, offset = affine(*fits)
    except ValueError:
        return data
    matched = slope * logits + offset
    features = tuple(
        {**own, MODEL: {**own[MODEL], "logit": float(at)}} if train and own.get(MODEL) else own
        for own, at, train in zip(data.features, matched, learned, strict=True)
    )
    return replace(data, features=features)
