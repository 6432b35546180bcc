"""Boosted trees beside logistic regression, leave-source-out by repository, on the same folds.

    python compare.py features.jsonl ... --manifest DIR/manifest.tsv [--detector ...] [--out-of-fold ...] --results results.md

With the detector and without it, two kinds of trees: in place of the stack, over the layers' own log-odds, rising with
every one of them; and in place of everything, over all layers' figures and the detector's log-odds, rising with the
latter. What is not measured is left to the trees, which know it from their training. The simpler fusion stays unless
the other's area under the curve is higher by more than its 95 % interval, drawn over whole repositories. Few settings
are tried, and the better for other sources is taken: the likelier one, by inner folds.

The table goes between the marks `trees` of the results page. Only this script needs scikit-learn.
"""

from __future__ import annotations

import argparse
import datetime
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier

from beside import with_figures
from data import Data, load, read_manifests, read_scores
from fusing import choose_layers, leave_sources_out
from layers import MODEL, STATING_LAYERS, Nested, nest
from measures import Floats, Labels, auc, quantiles, resampled_auc
from modeloff import better_than, without_model
from pages import replaced
from results import TIMES, table, with_interval
from scales import on_one_scale

PART = "trees"
SETTINGS = {
    "depth 2, 60 trees": {"max_depth": 2, "learning_rate": 0.05, "max_iter": 60, "min_samples_leaf": 40, "l2_regularization": 30.0},
    "depth 3, 120 trees": {"max_depth": 3, "learning_rate": 0.05, "max_iter": 120, "min_samples_leaf": 20, "l2_regularization": 10.0},
}


def grown(inputs: Floats, labels: Labels, setting: dict[str, float], rising: list[int]) -> HistGradientBoostingClassifier:
    """`rising` is 1 for inputs that may never lower the answer, 0 for the others. `mixed` holds pairs of one of each class,
    so nothing needs weighing to even odds; the area under the curve would not see it either.
    """
    trees = HistGradientBoostingClassifier(**setting, monotonic_cst=rising, early_stopping=False, random_state=1)
    return trees.fit(inputs, labels)


def over_layers(nested: Nested, names: list[str], rows: NDArray[np.bool_], setting: dict[str, float]) -> Floats:
    """Trees in place of the stack; judged rows outside of the training folds, NaN where `rows` is false."""
    data, rising = nested.data, [1] * len(names)
    out = np.full(len(data), np.nan)
    for fold, columns in enumerate(nested.inner):
        train, test = nested.mixed & rows & (nested.folds != fold), rows & (nested.folds == fold)
        if not test.any():
            continue
        nothing = np.full(len(data), np.nan)
        inputs = np.column_stack([columns.get(name, nothing)[train] for name in names])
        y = data.labels[train]
        trees = grown(inputs, y, setting, rising)
        out[test] = trees.decision_function(np.column_stack([nested.outer[name][test] for name in names]))
    return out


def over_figures(nested: Nested, names: list[str], rows: NDArray[np.bool_], setting: dict[str, float]) -> Floats:
    """Trees in place of both stages."""
    data = nested.data
    blocks = [data.layer(name, ("logit",) if name == MODEL else None)[1] for name in names]
    inputs = np.hstack(blocks)
    rising = [int(name == MODEL) for name, block in zip(names, blocks, strict=True) for _ in range(block.shape[1])]
    out = np.full(len(data), np.nan)
    for fold in np.unique(nested.folds):
        train, test = nested.mixed & rows & (nested.folds != fold), rows & (nested.folds == fold)
        if not test.any():
            continue
        y = data.labels[train]
        trees = grown(inputs[train], y, setting, rising)
        out[test] = trees.decision_function(inputs[test])
    return out


def compared(nested: Nested, base: Floats, base_name: str, names: list[str], rows: NDArray[np.bool_]) -> list[list[object]]:
    """A row for the logistic fusion, and one for each kind of trees with the difference over the same images."""
    out: list[list[object]] = []
    for words, scores in (
        (base_name, base),
        *((f"trees over the layers' log-odds, {name}", over_layers(nested, names, rows, s)) for name, s in SETTINGS.items()),
        *((f"trees over all figures, {name}", over_figures(nested, names, rows, s)) for name, s in SETTINGS.items()),
    ):
        ran = nested.mixed & rows & np.isfinite(scores) & np.isfinite(base)
        y, s = nested.data.labels[ran], scores[ran]
        bounds = quantiles(resampled_auc(y, s, nested.data.groups[ran], TIMES))
        row: list[object] = [words, len(y), with_interval(auc(y, s), bounds)]
        if scores is base:
            out.append([*row, "", ""])
            continue
        difference, low, high = better_than(nested, scores, base, nested.mixed & rows)
        out.append([*row, f"{difference:+.3f} ({low:+.3f} to {high:+.3f})", "trees" if low > 0 else "logistic"])
    return out


def text_of(nested: Nested) -> str:
    names = [name for name in nested.whole.models if name not in STATING_LAYERS]
    without = [name for name in names if name != MODEL]
    everything = np.ones(len(nested.data), dtype=bool)
    off = without_model(nested)
    head = ["", "n", "AUC (95 %)", "over logistic, same images (95 %)", "kept"]
    parts = [
        f"Written by `compare.py` on {datetime.date.today().isoformat()}, model "
        f"{', '.join(sorted(nested.data.model_versions)) or 'none'}. Images of `mixed`, judged leave-source-out on the folds of "
        "`fit.py`. Both declared settings of the trees are shown; the better one by hindsight flatters them.",
    ]
    chosen = choose_layers(nested).with_model
    logistic = leave_sources_out(nested, tuple(sorted(chosen))) if chosen else None
    if logistic is not None:
        ran = np.isfinite(nested.outer[MODEL])
        beside = with_figures(nested)
        # What ships has to be beaten: the detector with all other figures, where that is better than it alone.
        shipped, words = (beside.unseen, "the detector and one regression over all other figures") if beside and beside.won else (
            logistic, "+".join(logistic.key)
        )
        parts += ["With the detector:", table(head, compared(nested, shipped.log_odds, f"logistic: {words}", names, ran))]
    way = off.ways[off.chosen]
    parts += ["Without it:", table(head, compared(nested, way.raw, f"logistic: {way.name}", without, everything))]
    return "\n\n".join(parts)


def read(arguments: argparse.Namespace) -> Data:
    manifest, _ = read_manifests(arguments.manifest)
    data, left_out = load(
        arguments.features, manifest, read_scores(arguments.detector), read_scores(arguments.out_of_fold)
    )
    print(f"{len(data)} images joined; left out: {left_out}", file=sys.stderr)
    return on_one_scale(data.where(~np.char.startswith(data.groups, "casia")))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("features", type=Path, nargs="+")
    parser.add_argument("--manifest", type=Path, action="append", required=True)
    parser.add_argument("--detector", type=Path, action="append", default=[])
    parser.add_argument("--out-of-fold", type=Path, action="append", default=[])
    parser.add_argument("--results", type=Path, required=True, help="the page that fit.py wrote")
    arguments = parser.parse_args()
    text = text_of(nest(read(arguments)))
    print(text)
    arguments.results.write_text(replaced(arguments.results.read_text(), PART, text))
    return 0


if __name__ == "__main__":
    sys.exit(main())
