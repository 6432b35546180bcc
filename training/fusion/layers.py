"""Stage 1, nested: every layer on its own, fitted again and again without the sources that it is judged on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data import Data
from measures import Floats, Labels
from stacking import FOLDS, LayerModel, Platt, deal, fit_layer, fit_platt, out_of_fold

# These speak by statements (`statements.ts`, and what the file claims), never by weights.
STATING_LAYERS = frozenset({"metadata", "provenance", "watermark"})
# A layer that ran on fewer images has too little to learn from.
LEAST_IMAGES = 200
OUTER_FOLDS = 12
MODEL = "model"


@dataclass(frozen=True)
class Layers:
    """Stage 1 fitted on one table of matched deliveries, and its judgements of that very table by fits that had not
    seen the image's source.
    """

    models: dict[str, LayerModel | Platt]
    unseen: dict[str, Floats]

    def log_odds(self, data: Data) -> dict[str, Floats]:
        """Each layer's calibrated log-odds; NaN where it did not run."""
        out = {}
        for name, model in self.models.items():
            if isinstance(model, Platt):
                out[name] = model(data.layer(name, ("logit",))[1][:, 0])
            else:
                out[name] = model(data.layer(name, model.names)[1])
        return out


def fit_layers(data: Data, only: frozenset[str] | None = None) -> Layers:
    models: dict[str, LayerModel | Platt] = {}
    unseen: dict[str, Floats] = {}
    for name in data.measured():
        if name in STATING_LAYERS or (only is not None and name not in only):
            continue
        if name == MODEL:
            raw = data.layer(name, ("logit",))[1]
        else:
            names, raw = data.layer(name)
        ran = np.isfinite(raw).all(axis=1) & (raw.shape[1] > 0)
        labels, groups = data.labels[ran], data.groups[ran]
        if ran.sum() < LEAST_IMAGES or len(np.unique(labels)) < 2:
            continue
        if name == MODEL:
            model, predicted = fit_card(raw[ran, 0], labels, groups)
        else:
            model, predicted = fit_layer(names, raw[ran], labels, groups)
        models[name] = model
        unseen[name] = np.full(len(data), np.nan)
        unseen[name][ran] = predicted
    return Layers(models, unseen)


def fit_card(logits: Floats, labels: Labels, groups: NDArray[np.str_]) -> tuple[Platt, Floats]:
    """Platt scaling of the detector's combined logit, which goes into the model card."""

    def fit(train: NDArray[np.bool_]) -> Callable[[NDArray[np.bool_]], Floats]:
        platt = fit_platt(logits[train], labels[train])
        return lambda test: platt(logits[test])

    return fit_platt(logits, labels), out_of_fold(fit, deal(labels, groups, FOLDS))


def measured(data: Data) -> NDArray[np.bool_]:
    """Rows that any layer but the detector ran on."""
    return np.array([any(own and name != MODEL for name, own in row.items()) for row in data.features])


@dataclass(frozen=True)
class Nested:
    """What stage 2 needs so that it can be judged leave-source-out, at the price of one pass over the layers."""

    data: Data
    folds: NDArray[np.intp]
    """Of every row; a repository lies in one fold whole."""
    outer: dict[str, Floats]
    """Log-odds of every row by fits without the repositories of its fold; NaN where the layer did not run."""
    inner: tuple[dict[str, Floats], ...]
    """For each fold, log-odds of the other folds' `mixed` rows by fits without their own source and without the
    fold: what stage 2 is fitted on when it is judged on the fold. NaN elsewhere.
    """
    whole: Layers
    """Fitted on all of `mixed`: what is shipped."""

    @property
    def mixed(self) -> NDArray[np.bool_]:
        return self.data.deliveries == "mixed"

    @property
    def checked(self) -> NDArray[np.bool_]:
        """Rows of `mixed` that the engine measured: not those that the detector alone judged (`rescore.py`)."""
        return self.mixed & measured(self.data)

    def unseen(self, name: str) -> Floats:
        """Of every row; what the final stage 2 is fitted on. NaN outside of `mixed`."""
        out = np.full(len(self.data), np.nan)
        out[self.mixed] = self.whole.unseen[name]
        return out


def nest(data: Data, only: frozenset[str] | None = None) -> Nested:
    """Fits every layer without each fold of sources in turn, on `mixed` alone, and judges all deliveries."""
    folds = deal(data.labels, data.groups, OUTER_FOLDS, measured(data))
    mixed = data.deliveries == "mixed"
    outer: dict[str, Floats] = {}
    inner = []
    for fold in range(OUTER_FOLDS):
        test, train = folds == fold, (folds != fold) & mixed
        layers = fit_layers(data.where(train), only)
        own = {}
        for name, values in layers.unseen.items():
            own[name] = np.full(len(data), np.nan)
            own[name][train] = values
        inner.append(own)
        for name, values in layers.log_odds(data.where(test)).items():
            outer.setdefault(name, np.full(len(data), np.nan))[test] = values
    return Nested(data, folds, outer, tuple(inner), fit_layers(data.where(mixed), only))
