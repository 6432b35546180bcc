"""Tables from `evaluate.py`'s scores: what each model is worth on sources it has not seen.

    python measure.py --scores scores.jsonl [--out results.md] [--title "..."]
    python measure.py --scores scores.jsonl --beside peers.jsonl
    python measure.py --scores scores.jsonl --card ../../public/models/model.json --into ../../public/models/MODEL_CARD.md --part val

`--beside` joins the models of another run over the same images: only what both judged is measured. `--into` replaces what stands between `<!-- val:start -->` and `<!-- val:end -->` of a page. Where there are two models,
the difference of the first to each other one is told, over the same images.

Every interval draws whole repositories (95 %, bootstrap). Each view is judged alone and together with the
other; balanced accuracy is at log-odds 0: no threshold is chosen on what it is judged by.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from pathlib import Path

import numpy as np

sys.path.append(str(Path(__file__).resolve().parent.parent / "fusion"))

from measures import auc, balanced_accuracy, bootstrap_by_group, interval, true_positive_rate  # noqa: E402

TIMES = 400


def sigmoid(values: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-values))


def load(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text().splitlines() if line]


def beside(rows: list[dict], others: list[dict]) -> list[dict]:
    """The rows that both runs judged, the models of both in each.

    Raises ValueError where a model is in both runs, or where a delivery of an image differs in size between them.
    """
    found = {(row["sha256"], row["delivery"]): row for row in others}
    out = []
    for row in rows:
        other = found.get((row["sha256"], row["delivery"]))
        if other is None:
            continue
        twice = row["models"].keys() & other["models"].keys()
        if twice:
            raise ValueError(f"in both files: {', '.join(sorted(twice))}")
        if (row["width"], row["height"]) != (other["width"], other["height"]):
            raise ValueError(f"{row['sha256']}: {row['delivery']} is not the same picture in both files")
        out.append({**row, "models": {**row["models"], **other["models"]}})
    return out


# Weights of a version's views, from its card; 1 each without one.
_weights: dict[str, dict[str, float]] = {}


def scores_of(rows: list[dict], version: str) -> dict[str, np.ndarray]:
    """Log-odds of each view, and of all together as the card joins them."""
    views = rows[0]["models"][version]
    out = {view: np.array([row["models"][version][view]["logit"] for row in rows]) for view in views}
    if len(out) > 1:
        weights = _weights.get(version, {})
        out["together"] = np.sum([weights.get(view, 1) * scores for view, scores in out.items()], axis=0)
    return out


def figure(labels: np.ndarray, scores: np.ndarray, groups: np.ndarray) -> list[str]:
    samples = bootstrap_by_group(labels, groups, TIMES)
    low, high = interval(lambda at: auc(labels[at], scores[at]), samples)
    p = sigmoid(scores)
    b_low, b_high = interval(lambda at: balanced_accuracy(labels[at], p[at]), samples)
    return [
        f"{auc(labels, scores):.3f} ({low:.3f} to {high:.3f})",
        f"{balanced_accuracy(labels, p):.3f} ({b_low:.3f} to {b_high:.3f})",
        f"{100 * true_positive_rate(labels, scores, 0.01):.0f} %",
        f"{100 * true_positive_rate(labels, scores, 0.05):.0f} %",
    ]


def differences(delivery: str, rows: list[dict], versions: list[str]) -> list[str]:
    """How much better the first model ranks than each other one, all views together, repositories drawn again."""
    labels = np.array([int(row["label"] == "ai") for row in rows])
    groups = np.array([row["repo"] for row in rows])
    samples = bootstrap_by_group(labels, groups, TIMES)
    first, *others = ([*scores_of(rows, version).values()][-1] for version in versions)
    out = []
    for version, other in zip(versions[1:], others, strict=True):
        found = auc(labels, first) - auc(labels, other)
        low, high = interval(lambda at: auc(labels[at], first[at]) - auc(labels[at], other[at]), samples)
        out.append(
            f"`{delivery}`: AUC of {versions[0]} less that of {version}: {found:+.3f} ({low:+.3f} to {high:+.3f}), "
            f"{len(set(groups))} repositories."
        )
    return out


def put_into(page: Path, part: str, lines: list[str]) -> None:
    """Replaces what stands between the part's marks; ValueError where the page has none."""
    text, start, end = page.read_text(), f"<!-- {part}:start -->", f"<!-- {part}:end -->"
    if start not in text or end not in text:
        raise ValueError(f"{page}: no {start} and {end}")
    before, after = text[: text.index(start) + len(start)], text[text.index(end) :]
    page.write_text("\n\n".join([before, "\n".join(lines), after]))


def tables(rows: list[dict]) -> list[str]:
    versions = list(rows[0]["models"])
    by_delivery: dict[str, list[dict]] = defaultdict(list)
    for row in rows:
        by_delivery[row["delivery"]].append(row)
    lines = ["| delivery | model | view | n | AUC (95 %) | balanced accuracy at 0 (95 %) | found at 1 % false | at 5 % |",
             "|---|---|---|---|---|---|---|---|"]
    for delivery, own in by_delivery.items():
        labels = np.array([int(row["label"] == "ai") for row in own])
        groups = np.array([row["repo"] for row in own])
        for version in versions:
            for view, scores in scores_of(own, version).items():
                cells = " | ".join(figure(labels, scores, groups))
                lines.append(f"| {delivery} | {version} | {view} | {len(own)} | {cells} |")
    if len(versions) > 1:
        for delivery, own in by_delivery.items():
            lines += ["", *differences(delivery, own, versions)]
    for delivery, own in by_delivery.items():
        lines += ["", f"By kind, `{delivery}`: share with log-odds above 0 (all views together)", "",
                  "| | kind | n | " + " | ".join(versions) + " |", "|---|---|---|" + "---|" * len(versions)]
        kinds = sorted({(row["label"], row["kind"]) for row in own})
        for label, kind in kinds:
            chosen = [row for row in own if (row["label"], row["kind"]) == (label, kind)]
            shares = []
            for version in versions:
                scores = scores_of(chosen, version)
                last = list(scores.values())[-1]
                shares.append(f"{100 * float((last > 0).mean()):.0f} %")
            lines.append(f"| {label} | {kind} | {len(chosen)} | " + " | ".join(shares) + " |")
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scores", type=Path, required=True, nargs="+")
    parser.add_argument("--beside", type=Path, action="append", default=[], help="scores of other models, same images")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--card", type=Path, action="append", default=[], help="cards that weigh their views")
    parser.add_argument("--without", nargs="*", default=[], help="kinds left out, where one generator outweighs the others")
    parser.add_argument("--into", type=Path)
    parser.add_argument("--part", default="figures")
    parser.add_argument("--title", default="Sources that no training has seen")
    options = parser.parse_args()
    for card in (json.loads(path.read_text()) for path in options.card):
        _weights[card["version"]] = card["combine"]["weights"]
    rows = [row for file in options.scores for row in load(file)]
    for other in options.beside:
        rows = beside(rows, load(other))
    found = tables([row for row in rows if row["kind"] not in options.without])
    text = "\n".join([f"## {options.title}", "", *found, ""])
    print(text)
    if options.into:
        put_into(options.into, options.part, found)
    if options.out:
        with options.out.open("a", encoding="utf-8") as out:
            out.write("\n" + text)


if __name__ == "__main__":
    main()
