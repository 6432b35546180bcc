"""What the layers are worth as signs of splicing, and the weights of `manipulation`.

    python prepare.py --list LIST/train.tsv.gz --mirrors MIRRORS --out TAMPER --split tamper --mixed 300 --plain 0 \\
        --include ../shared/corpus/splice
    python prepare.py --list LIST/train.tsv.gz --mirrors MIRRORS --out REAL --mixed 0 --plain 0 --real 900
    node bench/tamper.mjs TAMPER --out tamper.jsonl
    node bench/tamper.mjs REAL ../shared/corpus/real --out real.jsonl
    python training/fusion/splices.py tamper.jsonl real.jsonl --manifest TAMPER/manifest.tsv --manifest REAL/manifest.tsv \\
        --corpus ../shared/corpus/manifest.tsv --into public/models/fusion.json --page training/fusion/results.md

Two checks. `history`: JPEG files in which most of the picture shows an earlier compression; figures of the layers
`tamper` and `pixel`. `copies`: every other picture; figures of the layer `pixel` alone. Everything reported is out of
fold: pictures that share a photograph, and those of one repository, are judged by weights that saw none of them.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit
from scipy.stats import beta

from data import Data, load, read_manifests
from measures import Floats, auc, bootstrap_by_group, class_weights, interval
from pages import replaced
from stacking import FOLDS, LayerModel, deal, fit_logistic, fit_platt, fit_scaler, out_of_fold, rounded

# What was tried. No figure may count against tampering, so each is one that a splice can only raise. None depends on
# the weights of the tamper map, which are fitted on some of the same pictures.
CANDIDATES: dict[str, tuple[str, ...]] = {
    "compression history of parts": ("tamper.againstTop", "tamper.againstShare", "tamper.historyTop"),
    "error level of parts": ("tamper.levelTop",),
    "ghosts of parts": ("tamper.ghostsTop",),
    "noise of parts": ("tamper.noiseTop",),
    "layer ela": ("ela.outlierShare", "ela.regionContrast", "ela.regionShare", "ela.strongestCell"),
    "layer noise": ("noise.uneven", "noise.outliers", "noise.largest"),
    "layer jpeg": ("jpeg.otherGridStrength", "jpeg.doubleGain"),
    "layer benford": ("benford.fitDivergence", "benford.largestGap"),
    "copied parts": ("pixel.copyPairs", "pixel.copyShare"),
}
HISTORY = CANDIDATES["compression history of parts"] + CANDIDATES["copied parts"]
EVERYTHING = tuple(name for names in CANDIDATES.values() for name in names)
COPIES = CANDIDATES["copied parts"]
# Natural log-likelihood a block by which the middle cell must share the first compression: below it the history is
# that of a part of the picture, or of a table that the estimate does not know, and everything else stands out.
LEAST_SHARED = 0.25
# Real images that the list itself calls edited: an alarm on one may be right, so they set no threshold.
ALTERED = ("edited",)
RIDGES = (3.0, 30.0, 300.0)
RESAMPLES = 500
# Policy.
MOST_FALSE_POSSIBLE = 0.02
LEAST_RATIO_POSSIBLE = 2.0
MOST_FALSE_LIKELY = 0.01
LEAST_FOUND_LIKELY = 0.10
MOST_WRONG_LIKELY = 0.05


@dataclass(frozen=True)
class Check:
    """One way to look for splices: weights, thresholds (probabilities, null where not earned) and figures."""

    model: LayerModel
    possible: float | None
    likely: float | None
    lines: tuple[str, ...]

    def to_json(self) -> dict[str, object]:
        return {
            "fit": self.model.to_json(),
            "possible": None if self.possible is None else rounded(self.possible),
            "likely": None if self.likely is None else rounded(self.likely),
        }


def columns(data: Data, names: tuple[str, ...]) -> Floats:
    """Named `layer.figure`; NaN where the layer did not run."""
    return np.array([
        [row.get(name.split(".")[0], {}).get(name.split(".")[1], np.nan) for name in names] for row in data.features
    ])


def fit_signs(names: tuple[str, ...], raw: Floats, labels: NDArray[np.int_], groups: NDArray[np.str_]) -> tuple[LayerModel, Floats]:
    """A calibrated logistic regression without negative weights, and its out-of-fold log-odds for the same rows."""
    folds, importance = deal(labels, groups, FOLDS), class_weights(labels)
    best: tuple[float, float, Floats] | None = None
    for ridge in RIDGES:

        def fit(train: NDArray[np.bool_], ridge: float = ridge) -> object:
            scaler = fit_scaler(raw[train])
            logistic = fit_logistic(scaler(raw[train]), labels[train], ridge, never_negative=True)
            return lambda test: logistic(scaler(raw[test]))

        unseen = out_of_fold(fit, folds)
        loss = float((importance * np.logaddexp(0, -(2 * labels - 1) * fit_platt(unseen, labels)(unseen))).sum())
        if best is None or loss < best[0]:
            best = (loss, ridge, unseen)
    assert best is not None
    _, ridge, unseen = best
    scaler, platt = fit_scaler(raw), fit_platt(unseen, labels)
    logistic = fit_logistic(scaler(raw), labels, ridge, never_negative=True)
    return LayerModel(names, scaler, logistic, platt, ridge), platt(unseen)


def upper(errors: int, n: int) -> float:
    """Upper end of the 95 % interval of a rate (Clopper and Pearson 1934)."""
    return 1.0 if errors >= n else float(beta.ppf(0.975, errors + 1, n - errors))


def found_at(labels: NDArray[np.int_], scores: Floats, most_false: float) -> float:
    bound = np.quantile(scores[labels == 0], 1 - most_false, method="higher")
    return float((scores[labels == 1] > bound).mean())


def thresholds(spliced: Floats, untouched: dict[str, Floats]) -> tuple[float | None, float | None, list[str]]:
    """The probabilities from which a picture is called possibly, and likely, manipulated; null where not earned.

    Each holds its rate of false alarms on every kind of untouched picture by itself.
    """
    counted = {name: values for name, values in untouched.items() if len(values)}

    def beyond(share: float) -> float:
        return float(np.nextafter(max(np.quantile(v, 1 - share, method="higher") for v in counted.values()), 1))

    def alarms(threshold: float) -> float:
        return max(float((values >= threshold).mean()) for values in counted.values())

    weak, strong = beyond(MOST_FALSE_POSSIBLE), beyond(MOST_FALSE_LIKELY)
    earned = float((spliced >= weak).mean()) >= LEAST_RATIO_POSSIBLE * max(alarms(weak), 1 / min(map(len, counted.values())))
    found = float((spliced >= strong).mean())
    false = max((float((v >= strong).sum()) + 1) / (len(v) + 1) for v in counted.values())
    deserved = found >= LEAST_FOUND_LIKELY and false <= MOST_WRONG_LIKELY * (false + found)
    lines = []
    for name, threshold, given in (("possible", weak, earned), ("likely", strong, deserved)):
        rates = "; ".join(
            f"{kind} {int((v >= threshold).sum())} of {len(v)} (at most {100 * upper(int((v >= threshold).sum()), len(v)):.1f} %)"
            for kind, v in counted.items()
        )
        word = "" if given else " (NOT given: it did not earn it)"
        lines.append(f"- `{name}`{word} from {threshold:.3f}: finds {100 * float((spliced >= threshold).mean()):.0f} % of the spliced; false alarms: {rates}")
    return weak if earned else None, strong if deserved else None, lines


def comparison(data: Data, pictures: NDArray[np.bool_], delivery: str) -> list[list[str]]:
    """Every candidate by itself and together, on the pictures of one delivery."""
    part = data.where(pictures & (data.deliveries == delivery))
    y, groups = part.labels, part.groups
    samples = bootstrap_by_group(y, groups, RESAMPLES)
    rows = []
    for name, names in {**CANDIDATES, "**history and copies** (`manipulation`)": HISTORY, "everything above": EVERYTHING}.items():
        raw = np.nan_to_num(columns(part, names))
        _, unseen = fit_signs(names, raw, y, groups)
        low, high = interval(lambda r, s=unseen: auc(y[r], s[r]), samples)
        rows.append([name, f"{auc(y, unseen):.3f} ({low:.3f} to {high:.3f})", f"{100 * found_at(y, unseen, 0.02):.0f} %"])
    return rows


def page(head: list[str], rows: list[list[str]]) -> str:
    return "\n".join("| " + " | ".join(row) + " |" for row in (head, ["---"] * len(head), *rows))


def readable_history(data: Data) -> NDArray[np.bool_]:
    figures = columns(data, ("tamper.hasHistory", "tamper.sharedMedian"))
    return (figures[:, 0] == 1) & (figures[:, 1] >= LEAST_SHARED) & (data.formats == "jpeg")


def fit_history(data: Data, casia: NDArray[np.bool_]) -> Check:
    shown = readable_history(data)
    raw = np.nan_to_num(columns(data, HISTORY))
    on = casia & shown & (data.deliveries == "alike")
    y, groups = data.labels[on], data.groups[on]
    model, unseen = fit_signs(HISTORY, raw[on], y, groups)
    score, whole = expit(unseen), expit(model(raw))
    real = shown & ~casia & (data.labels == 0) & ~np.isin(data.kinds, ALTERED)
    again, stored = (whole[real & (data.deliveries == delivery)] for delivery in ("again", "stored"))
    untouched = {"untouched CASIA": score[y == 0], f"real JPEG ({len(again)} saved once more, {len(stored)} as stored)": np.concatenate([again, stored])}
    possible, likely, rates = thresholds(score[y == 1], untouched)
    low, high = interval(lambda r: auc(y[r], unseen[r]), bootstrap_by_group(y, groups, RESAMPLES))
    lines = [
        f"`history`: n {len(y)} of `alike` whose middle cell shares the first compression by at least {LEAST_SHARED} (of {int((casia & (data.deliveries == 'alike')).sum())}), AUC {auc(y, score):.3f} (95 % {low:.3f} to {high:.3f}).",
        *rates,
    ]
    altered = shown & ~casia & (data.labels == 0) & np.isin(data.kinds, ALTERED)
    if possible is not None:
        lines.append(f"- real images that the list calls edited, of which some may be altered indeed: {int((whole[altered] >= possible).sum())} of {int(altered.sum())}")
    corpus = data.included[on]
    if len(np.unique(y[corpus])) == 2:
        lines.append(f"- of these, pairs of `../shared/corpus/splice`: n {int(corpus.sum())}, AUC {auc(y[corpus], unseen[corpus]):.3f}")
    resaved = casia & shown & (data.deliveries == "resaved")
    if possible is not None:
        caught, alarmed = ((whole[resaved & (data.labels == label)] >= possible) for label in (1, 0))
        lines.append(
            f"- `resaved` (both once more, 70 to 95): history still readable in {int(resaved.sum())} of {int((casia & (data.deliveries == 'resaved')).sum())}; "
            f"`possible` for {100 * caught.mean():.0f} % of the spliced and {int(alarmed.sum())} of {len(alarmed)} untouched"
        )
    return Check(model, possible, likely, tuple(lines))


def fit_copies(data: Data, casia: NDArray[np.bool_]) -> Check:
    raw = columns(data, COPIES)
    ran = np.isfinite(raw).all(axis=1)
    real = ran & ~casia & (data.labels == 0) & (data.deliveries == "stored")
    on = ran & ((casia & (data.deliveries == "alike")) | real)
    y = data.labels[on]
    model, unseen = fit_signs(COPIES, raw[on], y, data.groups[on])
    score, from_casia = expit(unseen), casia[on]
    altered = np.isin(data.kinds[on], ALTERED)
    possible, likely, rates = thresholds(
        score[y == 1], {"untouched CASIA": score[(y == 0) & from_casia], "real, as stored": score[(y == 0) & ~from_casia & ~altered]}
    )
    lines = [f"`copies`: {int((y == 1).sum())} spliced, {int((y == 0).sum())} untouched.", *rates]
    if possible is not None:
        kinds = data.kinds[on]
        asked = (y == 0) & ~from_casia
        rates_by_kind = (f"{k} {int((asked & (kinds == k) & (score >= possible)).sum())} of {int((asked & (kinds == k)).sum())}" for k in np.unique(kinds[asked]))
        lines.append(f"- `possible`, real images as stored by kind: {', '.join(rates_by_kind)}")
    return Check(model, possible, likely, tuple(lines))


def corpus_entries(path: Path) -> dict[str, list[dict[str, str]]]:
    """The corpus's real files in the shape of `prepare.py`'s manifest."""
    out: dict[str, list[dict[str, str]]] = {}
    for row in csv.DictReader(path.read_text().splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE):
        if row["label"] == "real" and row["file"].startswith("real/"):
            out[row["sha256"]] = [{**row, "delivery": "stored", "group": row["repo"], "included": "1"}]
    return out


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("features", type=Path, nargs="+")
    parser.add_argument("--manifest", type=Path, action="append", required=True)
    parser.add_argument("--corpus", type=Path, help="the corpus's manifest")
    parser.add_argument("--into", type=Path, help="fusion weights whose `manipulation` is replaced")
    parser.add_argument("--page", type=Path, action="append", default=[], help="page whose part `splices` is replaced")
    arguments = parser.parse_args()
    manifest, _ = read_manifests(arguments.manifest)
    corpus = corpus_entries(arguments.corpus) if arguments.corpus else {}
    once = {sha: list({entry["delivery"]: entry for entry in entries}.values()) for sha, entries in manifest.items()}
    data, left_out = load(arguments.features, {**corpus, **once})
    casia = np.char.startswith(data.groups, "casia")
    if not casia.any():
        raise SystemExit("No spliced pictures among the measured ones.")
    history, copies = fit_history(data, casia), fit_copies(data, casia)
    head = ["figures", "AUC (95 %)", "found at 2 % false"]
    n = {d: int((casia & (data.deliveries == d)).sum()) for d in ("alike", "resaved", "stored")}
    text = "\n".join([
        f"Written by `splices.py`. CASIA 1.0, half spliced; {len(np.unique(data.groups[casia]))} groups that share no photograph. All figures out of fold, intervals by resampled groups.",
        "",
        f"`alike` (n {n['alike']}): the spliced picture as stored, the untouched one, of the same scene where there is one, saved as its partner was.", "",
        page(head, comparison(data, casia, "alike")), "",
        f"`resaved` (n {n['resaved']}): both of `alike` saved once more by one encoder.", "",
        page(head, comparison(data, casia, "resaved")), "",
        f"`stored` (n {n['stored']}): each as CASIA has it. The saving itself parts the classes: these figures flatter and are no measure.", "",
        page(head, [row for row in comparison(data, casia, "stored") if row[0].strip("*").startswith(("history", "layer jpeg", "layer benford", "layer ela", "copied"))]), "",
        *history.lines, "", *copies.lines,
    ])
    print(text, "\nleft out:", left_out)
    for path in arguments.page:
        path.write_text(replaced(path.read_text(), "splices", text))
    if arguments.into:
        config = json.loads(arguments.into.read_text())
        config["manipulation"] = {
            "history": {"formats": ["jpeg"], "leastShared": LEAST_SHARED, **history.to_json()},
            "copies": copies.to_json(),
        }
        arguments.into.write_text(json.dumps(config, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
