"""Fits the weights of the tamper map, and measures it beside each of its methods.

    node bench/tamper.mjs ../shared/corpus/splice/tampered --masks ../shared/corpus/splice/masks --out splice.jsonl
    python training/tamper/fit.py --masked splice.jsonl --masks ../shared/corpus/splice/masks \\
        --page src/forensics/layers/tamper/README.md [--page training/results.md] \\
        [--pairs tamper.jsonl --manifest TAMPER/manifest.tsv --real real.jsonl --real-manifest REAL/manifest.tsv \\
         --weights src/forensics/layers/tamper/weights.json]

TAMPER and REAL are made by training/fusion/prepare.py, as `training/fusion/splices.py` tells. Without `--weights` it
measures and changes none. Everything reported of the map was predicted by weights that had not seen the picture.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from types import SimpleNamespace
from pathlib import Path

import numpy as np
from PIL import Image

sys.path.insert(0, str(Path(__file__).parents[1] / "fusion"))
from measures import Floats, auc  # noqa: E402
from pages import replaced  # noqa: E402
from stacking import Logistic, deal, fit_logistic  # noqa: E402
from tampered import scene_groups  # noqa: E402

METHODS = ("level", "ghosts", "noise", "history")
FOLDS = 8
RIDGE = 30.0
RESAMPLES = 1000
# A cell counts as spliced where most of it is; cells on the border count for neither.
SPLICED = 0.5
LEAST_CELLS = 4
MOST_FALSE_WARNINGS = 0.05
LEAST_RATIO = 2.0
# Cuts are sought on one pixel in this many, across and down: cells are 16 px.
EVERY = 4
# Log-odds given to pixels that the layer `pixel` found copied, beside the combined map's own.
SURE = 10.0


def read(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text().splitlines() if line.strip()]


def groups_of(rows: list[dict]) -> list[str]:
    """Pictures that share a photograph are in one group."""
    named = [SimpleNamespace(path=row["file"], sha256=row["sha256"]) for row in rows]
    by_sha = scene_groups(named)
    return [by_sha[row["sha256"]] for row in rows]


def at_pixels(cells: Floats, cell: int, height: int, width: int) -> Floats:
    """A map of cells as one of pixels; what lies beyond the last whole cell is as its least."""
    out = np.full((height, width), cells.min())
    large = np.repeat(np.repeat(cells, cell, axis=0), cell, axis=1)[:height, :width]
    out[: large.shape[0], : large.shape[1]] = large
    return out


class Picture:
    """One picture's cells: the methods' figures and, with a mask, which are spliced."""

    def __init__(self, row: dict, group: str, masks: Path | None = None) -> None:
        self.group = group
        methods = row["methods"]
        self.history = bool(methods["hasHistory"])
        self.cells: Floats = np.array([methods["cells"][m] for m in METHODS]).T
        self.grid = (methods["rows"], methods["columns"])
        self.cell = methods["cell"]
        self.size = (row["height"], row["width"])
        mask = np.array(methods["mask"]) if methods.get("mask") else None
        self.spliced = None if mask is None else mask > SPLICED
        self.counted = None if mask is None else (mask > SPLICED) | (mask == 0)
        self.maps: dict[str, Floats] = {}
        self.truth: np.ndarray | None = None
        if masks is not None and mask is not None:
            with Image.open(masks / (Path(row["file"]).stem + ".png")) as image:
                self.truth = np.array(image.convert("L")) > 127
            for name, heat in row["maps"].items():
                cells = np.array(heat["data"]).reshape(heat["height"], heat["width"])
                self.maps[name] = at_pixels(cells, heat["cell"], *self.size)

    def pixels(self, scores: Floats) -> Floats:
        return at_pixels(scores.reshape(self.grid), self.cell, *self.size)

    @property
    def usable(self) -> bool:
        if self.spliced is None or self.counted is None:
            return False
        inside = int(self.spliced.sum())
        return LEAST_CELLS <= inside and int((~self.spliced & self.counted).sum()) >= LEAST_CELLS


def fit(pictures: list[Picture], history: bool) -> Logistic:
    """Log-odds of a cell; without a history its column is held at 0. No method may count against itself."""
    columns = 4 if history else 3
    inputs = np.concatenate([p.cells[p.counted][:, :columns] for p in pictures])
    labels = np.concatenate([p.spliced[p.counted] for p in pictures]).astype(int)
    model = fit_logistic(inputs, labels, RIDGE, never_negative=True)
    return model if history else Logistic(model.intercept, np.append(model.weights, 0.0))


def f1(truth: np.ndarray, called: np.ndarray) -> float:
    both = float((truth & called).sum())
    return 2 * both / max(1.0, float(truth.sum() + called.sum()))


def best_cut(scores: list[Floats], truths: list[np.ndarray]) -> float:
    """The one bound for all pictures at which their mean F1 is highest."""
    pooled = np.concatenate([values.ravel()[:: max(1, values.size // 4000)] for values in scores])
    candidates = np.unique(np.quantile(pooled, np.linspace(0.5, 0.995, 100)))
    means = np.zeros(len(candidates))
    for values, truth in zip(scores, truths, strict=True):
        called = values.size - np.searchsorted(np.sort(values, axis=None), candidates)
        inside = np.sort(values[truth], axis=None)
        means += 2 * (len(inside) - np.searchsorted(inside, candidates)) / np.maximum(1, called + len(inside))
    return float(candidates[int(np.argmax(means))])


def interval(values: Floats, seed: int = 1) -> tuple[float, float]:
    dice = np.random.default_rng(seed)
    means = [float(np.mean(dice.choice(values, len(values)))) for _ in range(RESAMPLES)]
    return float(np.quantile(means, 0.025)), float(np.quantile(means, 0.975))


def measure_maps(pictures: list[Picture]) -> list[str]:
    """The table of the maps by pixel, everything out of fold."""
    groups = np.array([p.group for p in pictures])
    folds = deal(np.zeros(len(pictures), dtype=int), groups, FOLDS)
    layers = ("ela", "noise", "pixel")
    names = [*METHODS, *(f"layer {name}" for name in layers), "combined", "combined, history withheld", "combined, or copied"]
    aucs: dict[str, list[float]] = {name: [] for name in names}
    f1s: dict[str, list[float]] = {name: [] for name in names}
    for fold in range(FOLDS):
        train = [p for p, f in zip(pictures, folds, strict=True) if f != fold]
        test = [p for p, f in zip(pictures, folds, strict=True) if f == fold]
        if not test:
            continue
        models = {"combined": fit(train, True), "combined, history withheld": fit(train, False)}

        def score(name: str, picture: Picture) -> Floats:
            if name in models:
                return picture.pixels(models[name](picture.cells))
            if name == "combined, or copied":
                both = score("combined", picture)
                copied = picture.maps.get("pixel")
                return both if copied is None else np.where(copied > 0, np.maximum(both, SURE), both)
            if name.startswith("layer "):
                return picture.maps.get(name.removeprefix("layer "), np.zeros(picture.size))
            return picture.pixels(picture.cells[:, METHODS.index(name)])

        for name in names:
            thin = [score(name, p)[::EVERY, ::EVERY] for p in train]
            cut = best_cut(thin, [p.truth[::EVERY, ::EVERY] for p in train])
            for p in test:
                own = score(name, p)
                aucs[name].append(auc(p.truth.ravel().astype(int), own.ravel()))
                f1s[name].append(f1(p.truth, own >= cut))
    everything = np.mean([f1(p.truth, np.ones(p.size, dtype=bool)) for p in pictures])
    lines = ["| map | AUC (95 %) | F1 (95 %) |", "|---|---|---|"]
    for name in names:
        a, f = np.array(aucs[name]), np.array(f1s[name])
        (al, ah), (fl, fh) = interval(a), interval(f)
        lines.append(f"| {name} | {a.mean():.3f} ({al:.3f} to {ah:.3f}) | {f.mean():.3f} ({fl:.3f} to {fh:.3f}) |")
    lines.append(f"| every pixel called spliced | 0.500 | {everything:.3f} |")
    return lines


def image_tops(pairs: list[dict], labels: np.ndarray, groups: np.ndarray, train: list[Picture]) -> Floats:
    """The 99th percentile of the combined map of whole pictures, out of fold."""
    combined = np.zeros(len(pairs))
    folds = deal(labels, groups, FOLDS)
    for fold in range(FOLDS):
        held = set(groups[folds == fold].tolist())
        seen = [p for p in train if p.group not in held]
        models = {True: fit(seen, True), False: fit(seen, False)}
        for at in np.flatnonzero(folds == fold):
            combined[at] = top_of(pairs[at], models)
    return combined


def top_of(row: dict, models: dict[bool, Logistic]) -> float:
    methods = row["methods"]
    cells = np.array([methods["cells"][m] for m in METHODS]).T
    return float(np.quantile(models[bool(methods["hasHistory"])](cells), 0.99))


def weigh(pictures: list[Picture], arguments: argparse.Namespace) -> list[str]:
    """Writes the map's weights, its cuts and the bounds from which the layer warns; answers what the bounds are worth."""
    models = {True: fit(pictures, True), False: fit(pictures, False)}
    manifest = {
        (r["sha256"], r["delivery"]): r
        for r in csv.DictReader(arguments.manifest.read_text().splitlines(), delimiter="\t")
    }
    found = {row["sha256"]: row for row in read(arguments.pairs) if row["methods"]}
    pairs = [{**row, **known} for sha, row in found.items() if (known := manifest.get((sha, "alike")))]
    labels = np.array([int(row["label"] == "spliced") for row in pairs])
    combined = image_tops(pairs, labels, np.array([row["group"] for row in pairs]), pictures)
    # Real pictures: the corpus is all of it real; of `val` the manifest tells.
    known = {r["sha256"]: r["label"] for r in csv.DictReader(arguments.real_manifest.read_text().splitlines(), delimiter="\t")}
    real_rows = {r["sha256"]: r for r in read(arguments.real) if r["methods"] and known.get(r["sha256"], "real") == "real"}
    real = {flag: np.array([top_of(r, models) for r in real_rows.values() if bool(r["methods"]["hasHistory"]) == flag]) for flag in (True, False)}
    weights: dict[str, dict[str, object]] = {}
    lines = []
    has = np.array([bool(r["methods"]["hasHistory"]) for r in pairs])
    for flag, key in ((True, "withHistory"), (False, "without")):
        scores = [models[flag](p.cells)[p.counted] for p in pictures]
        cut = best_cut(scores, [p.spliced[p.counted] for p in pictures])
        untouched, spliced = (combined[(has == flag) & (labels == label)] for label in (0, 1))
        warn = None
        name = "with" if flag else "without"
        if min(len(untouched), len(spliced), len(real[flag])) >= 20:
            bound = max(float(np.quantile(v, 1 - MOST_FALSE_WARNINGS, method="higher")) for v in (untouched, real[flag]))
            bound = float(np.nextafter(bound, np.inf))
            rates = [float((v >= bound).mean()) for v in (untouched, real[flag], spliced)]
            given = rates[2] >= LEAST_RATIO * max(rates[0], rates[1])
            warn = bound if given else None
            lines.append(
                f"- {name} a history: bound {bound:.3f}{'' if given else ' (NOT given: it did not earn it)'}; false warnings: "
                f"untouched CASIA {rates[0]:.3f} (n {len(untouched)}), real JPEG {rates[1]:.3f} (n {len(real[flag])}); spliced found {rates[2]:.3f} (n {len(spliced)})"
            )
        else:
            lines.append(f"- {name} a history: too few pictures for a bound ({len(untouched)} untouched, {len(spliced)} spliced, {len(real[flag])} real): never warns")
        model = models[flag]
        weights[key] = {
            "intercept": round(model.intercept, 6),
            "weights": {m: round(float(w), 6) for m, w in zip(METHODS, model.weights, strict=True)},
            "cut": round(cut, 6),
            "warn": None if warn is None else round(warn, 6),
        }
    arguments.weights.write_text(json.dumps(weights, indent=2) + "\n")
    return ["Warnings (bound on the 99th percentile of the combined log-odds):", "", *lines]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--masked", type=Path, required=True)
    parser.add_argument("--masks", type=Path, required=True)
    parser.add_argument("--page", type=Path, action="append", default=[], help="page whose part `places` is replaced")
    for name in ("--pairs", "--manifest", "--real", "--real-manifest", "--weights"):
        parser.add_argument(name, type=Path)
    arguments = parser.parse_args()

    rows = [row for row in read(arguments.masked) if row["methods"]]
    masked = [Picture(row, group, arguments.masks) for row, group in zip(rows, groups_of(rows), strict=True) if row["methods"]["mask"]]
    pictures = [p for p in masked if p.usable]
    text = "\n".join([
        f"Written by `training/tamper/fit.py`. Places in CASIA 1.0 (`../shared/corpus/splice`): {len(pictures)} spliced pictures with usable masks, {sum(p.history for p in pictures)} of them with a readable first compression. By pixel, per picture and then averaged; weights and cuts from pictures that share no photograph; intervals resample pictures.",
        "", *measure_maps(pictures),
        *(["", *weigh(pictures, arguments)] if arguments.weights else []),
    ])
    for page in arguments.page:
        page.write_text(replaced(page.read_text(), "places", text))
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
