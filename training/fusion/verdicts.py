"""What the engine's verdicts come to on pictures of known label: the model card's figures of them.

    npm run check -- DIR --json answers.jsonl --features
    python verdicts.py answers.jsonl ... --manifest DIR/manifest.tsv ... [--delivery mixed] [--into PAGE --part NAME]

Four tables: each delivery's area under the curve and expected calibration error (ECE, in tenths, at even odds); how often
"probably AI" and "probably not AI" are said, and how often wrongly; the same by kind; and how near "probably not AI" is to
its promise (`least_like`). Nothing is fitted here, so the pictures must be ones that the networks and thresholds asked had
not met. 95 % intervals, whole sources drawn again (`bootstrap_by_group`).
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from data import CLASS_ONE, read_manifests
from layers import MODEL
from measures import (
    Floats, Labels, auc, bootstrap_by_group, by_source, calibration_error, class_weights, interval, measures_of,
    quantiles, resampled_auc,
)
from pages import replaced

TENTHS = np.arange(0.1, 1, 0.1)
TIMES = 1000
GENERATED, AUTHENTIC = ("ai-generated", "likely-ai-generated"), ("likely-authentic",)
# Shares of real pictures, those that look least like AI, of which "probably not AI" might be said.
SHARES = (0.05, 0.1, 0.15, 0.2, 0.3)
# The manifests' word for random deliveries that AI picture and real neighbour share, and the one people read.
DELIVERIES = {"mixed": "matched", "stored": "stored", "web": "web", "hard": "hard"}


@dataclass(frozen=True)
class Verdicts:
    """One row a delivered picture. Arrays have one entry a row; `detector` is NaN where it did not judge."""

    labels: Labels
    groups: NDArray[np.str_]
    kinds: NDArray[np.str_]
    deliveries: NDArray[np.str_]
    said: NDArray[np.str_]
    probabilities: Floats
    detector: Floats

    def __len__(self) -> int:
        return len(self.labels)

    def where(self, chosen: NDArray[np.bool_]) -> Verdicts:
        return Verdicts(
            self.labels[chosen], self.groups[chosen], self.kinds[chosen], self.deliveries[chosen], self.said[chosen],
            self.probabilities[chosen], self.detector[chosen],
        )


def read_verdicts(files: Iterable[Path], manifests: Iterable[Path]) -> tuple[Verdicts, dict[str, int]]:
    """The engine's answers joined with what each picture is, by SHA-256; of repeats the first counts. Answers them and what
    was left out. Raises ValueError where nothing is left.
    """
    manifest, _ = read_manifests(manifests)
    left_out = {"errors": 0, "not in a manifest": 0, "repeated": 0}
    seen: set[str] = set()
    rows = []
    for path in files:
        for line in path.read_text().splitlines():
            answer = json.loads(line)
            if "error" in answer:
                left_out["errors"] += 1
            elif answer["sha256"] not in manifest:
                left_out["not in a manifest"] += 1
            elif answer["sha256"] in seen:
                left_out["repeated"] += 1
            else:
                seen.add(answer["sha256"])
                score = answer.get("layers", {}).get(MODEL, {}).get("score")
                own = (answer["verdict"], answer["probability"], np.nan if score is None else score)
                rows += [(CLASS_ONE[e["label"]], e["group"], e["kind"], e["delivery"], *own) for e in manifest[answer["sha256"]]]
    if not rows:
        raise ValueError("none of the answers is of a picture in a manifest")
    labels, groups, kinds, deliveries, said, probabilities, detector = zip(*rows, strict=True)
    return Verdicts(
        np.array(labels), np.array(groups), np.array(kinds), np.array(deliveries), np.array(said),
        np.array(probabilities, dtype=np.float64), np.array(detector, dtype=np.float64),
    ), left_out


def percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def judged(all_rows: Verdicts) -> list[str]:
    """Area under the curve and expected calibration error of all layers together and of the detector alone, each delivery."""
    lines = [
        "| delivery | pictures | sources of AI, of real | all layers: AUC (95 %) | ECE | detector alone: AUC (95 %) | ECE |",
        "|---|---|---|---|---|---|---|",
    ]
    names = [name for name in DELIVERIES if (all_rows.deliveries == name).any()]
    for name in [*names, *(["all"] if len(names) > 1 else [])]:
        rows = all_rows if name == "all" else all_rows.where(all_rows.deliveries == name)
        able = rows.where(np.isfinite(rows.detector))
        cells = []
        for part, scores in ((rows, rows.probabilities), (able, able.detector)):
            low, high = quantiles(resampled_auc(part.labels, scores, part.groups, TIMES))
            error = calibration_error(part.labels, scores, class_weights(part.labels), TENTHS)
            cells.append(f"{auc(part.labels, scores):.3f} ({low:.3f} to {high:.3f}) | {error:.3f}")
        sources = ", ".join(str(len(np.unique(rows.groups[rows.labels == value]))) for value in (1, 0))
        lines.append(f"| {DELIVERIES.get(name, name)} | {len(rows)} | {sources} | {cells[0]} | {cells[1]} |")
    return lines


def words(rows: Verdicts) -> list[str]:
    """How often each word is said of either class, and how often wrongly at even odds."""
    lines = ["| word | said of AI (95 %) | of others (95 %) | wrong at even odds (95 %) |", "|---|---|---|---|"]
    samples = bootstrap_by_group(rows.labels, rows.groups, TIMES)
    every = np.arange(len(rows))
    for title, given, claimed in (("probably AI", GENERATED, 1), ("probably not AI", AUTHENTIC, 0)):
        called = np.isin(rows.said, given)
        if not called.any():
            lines.append(f"| {title} | never | never | |")
            continue
        cells = []
        for measure in measures_of(called, rows.labels, claimed).values():
            low, high = interval(measure, samples)
            cells.append(f"{percent(measure(every))} ({percent(low)} to {percent(high)})")
        lines.append(f"| {title} | {' | '.join(cells)} |")
    return lines


def by_kind(rows: Verdicts) -> list[str]:
    lines = ["| | kind | pictures | sources | probably AI | probably not AI |", "|---|---|---|---|---|---|"]
    for value, label in ((1, "AI"), (0, "real")):
        for kind in np.unique(rows.kinds[rows.labels == value]):
            own = rows.where((rows.labels == value) & (rows.kinds == kind))
            counts = [int(np.isin(own.said, given).sum()) for given in (GENERATED, AUTHENTIC)]
            lines.append(f"| {label} | {kind} | {len(own)} | {len(np.unique(own.groups))} | {counts[0]} | {counts[1]} |")
    return lines


@dataclass(frozen=True)
class Least:
    """Of the real pictures that look least like AI: how many of AI images lie there, were all called "probably not AI"."""

    by_images: float
    by_sources: float
    counted: float
    """By sources, one source of AI images more counted wholly wrong than was seen, as `decision_threshold` counts."""


def least_like(rows: Verdicts, share: float) -> Least:
    """Shares wrong at even odds, if `share` of the real pictures, the least like AI, were called not AI."""
    real, made = rows.labels == 0, rows.labels == 1
    below = rows.probabilities <= np.quantile(rows.probabilities[real], share)

    def wrong(of_made: float, of_real: float) -> float:
        return of_made / (of_made + of_real)

    weigh = {value: by_source(rows.groups[chosen]) for value, chosen in ((0, real), (1, made))}
    source_shares = {
        value: float(weigh[value][below[chosen]].sum() / weigh[value].sum()) for value, chosen in ((0, real), (1, made))
    }
    sources = len(np.unique(rows.groups[made]))
    more = (source_shares[1] * sources + 1) / (sources + 1)
    return Least(
        wrong(float(below[made].mean()), float(below[real].mean())), wrong(source_shares[1], source_shares[0]), wrong(more, source_shares[0]),
    )


def nearness(rows: Verdicts) -> list[str]:
    sources = len(np.unique(rows.groups[rows.labels == 1]))
    lines = [
        f"| if \"probably not AI\" were said of | wrong by images | by sources | with one of {sources + 1} sources counted wrong |", "|---|---|---|---|",
    ]
    for share in SHARES:
        least = least_like(rows, share)
        cells = (percent(least.by_images), percent(least.by_sources), percent(least.counted))
        lines.append(f"| {share:.0%} of real pictures | {' | '.join(cells)} |")
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("answers", type=Path, nargs="+")
    parser.add_argument("--manifest", type=Path, required=True, nargs="+")
    parser.add_argument("--delivery", default="mixed", choices=list(DELIVERIES), help="the one whose words and kinds are told")
    parser.add_argument("--into", type=Path, help="a page with marks for --part")
    parser.add_argument("--part", default="verdicts")
    options = parser.parse_args()
    try:
        rows, left_out = read_verdicts(options.answers, options.manifest)
        own = rows.where(rows.deliveries == options.delivery)
        if len(np.unique(own.labels)) < 2:
            raise ValueError(f"expected pictures of both classes delivered {options.delivery}")
        tables = [judged(rows), words(own), by_kind(own), nearness(own)]
        text = "\n\n".join("\n".join(table) for table in tables)
        if options.into:
            options.into.write_text(replaced(options.into.read_text(), options.part, text))
    except ValueError as error:
        sys.exit(str(error))
    print(f"{len(rows)} answers; left out: {left_out}\n\n{text}")


if __name__ == "__main__":
    main()
