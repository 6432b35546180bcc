"""Fits the weights of the tamper map, and measures it beside each of its methods.

    node bench/tamper.mjs ../shared/corpus/splice/tampered ../shared/corpus/splice/authentic \\
        --masks ../shared/corpus/splice/masks --out splice.jsonl
    node bench/tamper.mjs DIR/alike --out alike.jsonl
    node bench/tamper.mjs VAL/stored ../shared/corpus/real --match .jp --out real.jsonl
    python training/tamper/fit.py --masked splice.jsonl --pairs alike.jsonl --manifest DIR/manifest.tsv \\
        --real real.jsonl --real-manifest VAL/manifest.tsv \\
        --weights src/forensics/layers/tamper/weights.json --readme src/forensics/layers/tamper/README.md

DIR and VAL are made by training/fusion/prepare.py (`--split tamper`, and `val`). Everything reported of the
map was predicted by weights that had not seen the picture.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "fusion"))
from measures import Floats, auc, class_weights  # noqa: E402
from stacking import Logistic, deal, fit_logistic  # noqa: E402

METHODS = ("level", "ghosts", "noise", "history")
FOLDS = 8
RIDGE = 30.0
RESAMPLES = 1000
# A cell counts as spliced where most of it is; cells on the border count for neither.
SPLICED = 0.5
LEAST_CELLS = 4
MOST_FALSE_WARNINGS = 0.05
LEAST_RATIO = 2.0


def read(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text().splitlines() if line.strip()]


def group_of(name: str) -> str:
    """The photograph that was spliced into, or the untouched photograph itself."""
    found = re.search(r"(?:Sp_._..._._|Au_)([a-z]{3})_?(\d{4})", name)
    return f"{found[1]}{found[2]}" if found else name


class Picture:
    """One picture's cells: the methods' figures and, with a mask, which are spliced."""

    def __init__(self, row: dict) -> None:
        self.group = group_of(row["file"])
        self.history = bool(row["hasHistory"])
        self.cells: Floats = np.array([row["cells"][m] for m in METHODS]).T
        mask = np.array(row["mask"]) if row.get("mask") else None
        self.spliced = None if mask is None else mask > SPLICED
        self.counted = None if mask is None else (mask > SPLICED) | (mask == 0)

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
    candidates = np.quantile(np.concatenate(scores), np.linspace(0.5, 0.995, 100))
    means = [np.mean([f1(t, s >= c) for s, t in zip(scores, truths, strict=True)]) for c in candidates]
    return float(candidates[int(np.argmax(means))])


def interval(values: Floats, seed: int = 1) -> tuple[float, float]:
    dice = np.random.default_rng(seed)
    means = [float(np.mean(dice.choice(values, len(values)))) for _ in range(RESAMPLES)]
    return float(np.quantile(means, 0.025)), float(np.quantile(means, 0.975))


def auc_interval(labels: np.ndarray, scores: Floats, groups: np.ndarray, seed: int = 1) -> tuple[float, float]:
    """Resamples whole photographs: a spliced picture and its original may share one."""
    dice = np.random.default_rng(seed)
    names = np.unique(groups)
    rows = {name: np.flatnonzero(groups == name) for name in names}
    found = []
    for _ in range(RESAMPLES // 2):
        chosen = np.concatenate([rows[name] for name in dice.choice(names, len(names))])
        if len(np.unique(labels[chosen])) == 2:
            found.append(auc(labels[chosen], scores[chosen]))
    return float(np.quantile(found, 0.025)), float(np.quantile(found, 0.975))


def measure_maps(pictures: list[Picture]) -> tuple[list[str], dict[str, float]]:
    """The table of the maps, everything out of fold, and the cuts that the final weights get."""
    groups = np.array([p.group for p in pictures])
    folds = deal(np.zeros(len(pictures), dtype=int), groups, FOLDS)
    names = [*METHODS, "combined", "combined, history withheld"]
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
                return models[name](picture.cells)
            return picture.cells[:, METHODS.index(name)]

        for name in names:
            cut = best_cut([score(name, p)[p.counted] for p in train], [p.spliced[p.counted] for p in train])
            for p in test:
                own, truth = score(name, p)[p.counted], p.spliced[p.counted]
                aucs[name].append(auc(truth.astype(int), own))
                f1s[name].append(f1(truth, own >= cut))
    everything = np.mean([f1(p.spliced[p.counted], np.ones(int(p.counted.sum()), dtype=bool)) for p in pictures])
    lines = ["| map | AUC (95 %) | F1 (95 %) |", "|---|---|---|"]
    for name in names:
        a, f = np.array(aucs[name]), np.array(f1s[name])
        (al, ah), (fl, fh) = interval(a), interval(f)
        lines.append(f"| {name} | {a.mean():.3f} ({al:.3f} to {ah:.3f}) | {f.mean():.3f} ({fl:.3f} to {fh:.3f}) |")
    lines.append(f"| every cell called spliced | 0.500 | {everything:.3f} |")
    return lines, {name: float(np.mean(aucs[name])) for name in names}


def measure_images(pairs: list[dict], labels: np.ndarray, train: list[Picture]) -> tuple[list[str], Floats]:
    """Telling spliced from untouched pictures by the 99th percentile of each map, out of fold."""
    groups = np.array([group_of(r["group"]) for r in pairs])
    tops = {m: np.array([np.quantile(r["cells"][m], 0.99) for r in pairs]) for m in METHODS}
    combined = np.zeros(len(pairs))
    folds = deal(labels, groups, FOLDS)
    for fold in range(FOLDS):
        held = set(groups[folds == fold].tolist())
        seen = [p for p in train if p.group not in held]
        models = {True: fit(seen, True), False: fit(seen, False)}
        for at in np.flatnonzero(folds == fold):
            cells = np.array([pairs[at]["cells"][m] for m in METHODS]).T
            combined[at] = np.quantile(models[bool(pairs[at]["hasHistory"])](cells), 0.99)
    tops["combined"] = combined
    tops["evidence against a shared history (`againstTop`)"] = np.array(
        [r["features"]["tamper"]["againstTop"] for r in pairs]
    )
    lines = ["| 99th percentile of | AUC (95 %) |", "|---|---|"]
    for name, values in tops.items():
        low, high = auc_interval(labels, values, groups)
        lines.append(f"| {name} | {auc(labels, values):.3f} ({low:.3f} to {high:.3f}) |")
    return lines, combined


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("--masked", "--pairs", "--manifest", "--real", "--real-manifest", "--weights", "--readme"):
        parser.add_argument(name, type=Path, required=True)
    arguments = parser.parse_args()

    masked = [Picture(row) for row in read(arguments.masked)]
    pictures = [p for p in masked if p.usable]
    with_history = sum(p.history for p in pictures)
    map_lines, _ = measure_maps(pictures)
    models = {True: fit(pictures, True), False: fit(pictures, False)}

    manifest = {
        (r["sha256"], r["delivery"]): r
        for r in csv.DictReader(arguments.manifest.read_text().splitlines(), delimiter="\t")
    }
    pairs = [dict(row, **found) for row in read(arguments.pairs) if (found := manifest.get((row["sha256"], "alike")))]
    labels = np.array([int(row["label"] == "spliced") for row in pairs])
    image_lines, combined = measure_images(pairs, labels, pictures)

    # Real pictures: the corpus is all of it real; of `val` the manifest tells.
    known = {r["sha256"]: r["label"] for r in csv.DictReader(arguments.real_manifest.read_text().splitlines(), delimiter="\t")}
    real_rows = {r["sha256"]: r for r in read(arguments.real) if known.get(r["sha256"], "real") == "real"}.values()
    real = {flag: np.array([
        np.quantile(models[flag](np.array([r["cells"][m] for m in METHODS]).T), 0.99)
        for r in real_rows if bool(r["hasHistory"]) == flag
    ]) for flag in (True, False)}

    weights: dict[str, dict[str, object]] = {}
    warn_lines = []
    has = np.array([bool(r["hasHistory"]) for r in pairs])
    for flag, key in ((True, "withHistory"), (False, "without")):
        scores = [models[flag](p.cells)[p.counted] for p in pictures]
        cut = best_cut(scores, [p.spliced[p.counted] for p in pictures])
        untouched, spliced = combined[has & (labels == 0)], combined[has & (labels == 1)]
        if not flag:
            untouched, spliced = combined[~has & (labels == 0)], combined[~has & (labels == 1)]
        warn = None
        if min(len(untouched), len(spliced), len(real[flag])) >= 20:
            bound = max(float(np.quantile(v, 1 - MOST_FALSE_WARNINGS, method="higher")) for v in (untouched, real[flag]))
            bound = float(np.nextafter(bound, np.inf))
            rates = [float((v >= bound).mean()) for v in (untouched, real[flag], spliced)]
            given = rates[2] >= LEAST_RATIO * max(rates[0], rates[1])
            warn = bound if given else None
            warn_lines.append(
                f"- {'with' if flag else 'without'} a history: bound {bound:.3f}{'' if given else ' (NOT given: it did not earn it)'}; false warnings: "
                f"untouched CASIA {rates[0]:.3f} (n {len(untouched)}), real JPEG {rates[1]:.3f} (n {len(real[flag])}); spliced found {rates[2]:.3f} (n {len(spliced)})"
            )
        else:
            warn_lines.append(f"- {'with' if flag else 'without'} a history: too few pictures for a bound ({len(untouched)} untouched, {len(spliced)} spliced, {len(real[flag])} real): never warns")
        model = models[flag]
        weights[key] = {
            "intercept": round(model.intercept, 6),
            "weights": {m: round(float(w), 6) for m, w in zip(METHODS, model.weights, strict=True)},
            "cut": round(cut, 6),
            "warn": None if warn is None else round(warn, 6),
        }
    arguments.weights.write_text(json.dumps(weights, indent=2) + "\n")

    text = "\n".join([
        "Written by `training/tamper/fit.py`; do not edit.",
        "",
        f"Places, CASIA 1.0 (`../shared/corpus/splice`): {len(pictures)} spliced pictures with usable masks, {with_history} of them with a readable first compression. By cell of 16 px, per picture and then averaged; weights and cuts of pictures that share no photograph; intervals resample pictures.",
        "", *map_lines, "",
        f"Pictures, `alike` ({int((labels == 1).sum())} spliced as stored, {int((labels == 0).sum())} untouched ones saved as a spliced one was):",
        "", *image_lines, "",
        "Warnings (bound on the 99th percentile of the combined log-odds):",
        "", *warn_lines,
    ])
    readme = arguments.readme.read_text()
    start, end = "<!-- power:start -->", "<!-- power:end -->"
    head, rest = readme.split(start)
    arguments.readme.write_text(head + start + "\n" + text + "\n" + end + rest.split(end)[1])
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
