"""Fits how sure a family of generators must be before it is named.

    python calibrate.py --scores scores-half0.jsonl scores-half1.jsonl --version halves \
      --card ../../public/models/model.json [--judge val.jsonl] [--write]

From `evaluate.py`'s scores on sources no training has seen. The temperature makes the probabilities of AI
images' families as sure as they are right (least log loss, Guo et al. 2017). `least` is the lowest probability
from which a family named for an AI image is right `RIGHT` of the time and named for at most `FALSE` of the real
images; 1 where there is none, and then no family is ever named. Repositories are split in two: each half is
judged by what was fitted on the other, and those figures are printed.
`--version` names the networks in the scores, where they are not the card's own: both halves' networks judge every
source of the lists without having seen it, many more families than `val` has. `--judge` says what the card's own
networks, with what was fitted, are worth on other sources.
The probability of "made by AI" is calibrated by `training/fusion/fit.py`, on the engine's own figures.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
from scipy.optimize import minimize_scalar

from families import FAMILIES, UNKNOWN, family_of

RIGHT, FALSE = 0.7, 0.05
LEASTS = np.arange(0.3, 0.96, 0.01)


def softmax(logits: np.ndarray, temperature: float) -> np.ndarray:
    powers = np.exp((logits - logits.max(axis=1, keepdims=True)) / temperature)
    return powers / powers.sum(axis=1, keepdims=True)


def fit(logits: np.ndarray, families: np.ndarray) -> tuple[float, float]:
    """Temperature and least probability."""
    known = families > 0
    rows = np.flatnonzero(known)

    def loss(log_temperature: float) -> float:
        p = softmax(logits[rows], float(np.exp(log_temperature)))
        return float(-np.log(p[np.arange(len(rows)), families[rows]] + 1e-9).mean())

    temperature = float(np.exp(minimize_scalar(loss, bounds=(-2, 3), method="bounded").x))
    p = softmax(logits, temperature)
    best, sure = p.argmax(axis=1), p.max(axis=1)
    for least in LEASTS:
        named = (best > 0) & (sure >= least)
        right = (best == families)[named & known]
        if len(right) >= 20 and right.mean() >= RIGHT and named[families == 0].mean() <= FALSE:
            return temperature, float(least)
    return temperature, 1.0


def judged(logits: np.ndarray, families: np.ndarray, temperature: float, least: float) -> str:
    p = softmax(logits, temperature)
    best, sure = p.argmax(axis=1), p.max(axis=1)
    named = (best > 0) & (sure >= least)
    known = families > 0
    among = p[:, 1:].argmax(axis=1) + 1
    right = (best == families)[named & known]
    return (
        f"top-1 among families {100 * (among == families)[known].mean():.0f} % of {known.sum()}; "
        f"named {100 * named[known].mean():.0f} %, of those right {100 * right.mean() if len(right) else 0:.0f} %; "
        f"real images given a family {100 * named[families == 0].mean():.1f} % of {(families == 0).sum()}"
    )


def read(files: list[Path], version: str, weights: dict[str, float], delivery: str) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Family logits [n, families], families [n] and repositories [n] of images whose family is known."""
    logits, families, repos = [], [], []
    for line in (line for file in files for line in file.read_text().splitlines()):
        row = json.loads(line)
        family = family_of(row["label"], row["kind"])
        if family == UNKNOWN or row["delivery"] != delivery:
            continue
        views = row["models"][version]
        logits.append(sum(weight * np.array(views[view]["families"]) for view, weight in weights.items()))
        families.append(family)
        repos.append(row["repo"])
    return np.array(logits), np.array(families), repos


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scores", type=Path, required=True, nargs="+")
    parser.add_argument("--card", type=Path, required=True)
    parser.add_argument("--version", help="networks in the scores; the card's own without it")
    parser.add_argument("--judge", type=Path, nargs="*", default=[])
    parser.add_argument("--delivery", default="web")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    card = json.loads(options.card.read_text())
    weights = card["families"]["weights"]
    x, y, repos = read(options.scores, options.version or card["version"], weights, options.delivery)
    print(f"{len(y)} images; families in them: {sorted({FAMILIES[f] for f in y if f > 0})}")
    order = {repo: at for at, repo in enumerate(sorted(set(repos)))}
    half = np.array([order[repo] % 2 for repo in repos])
    for side in (0, 1):
        temperature, least = fit(x[half != side], y[half != side])
        print(f"half {side} by the other ({temperature:.2f}, {least:.2f}): {judged(x[half == side], y[half == side], temperature, least)}")
    temperature, least = fit(x, y)
    print(f"all ({temperature:.2f}, {least:.2f}), in sample: {judged(x, y, temperature, least)}")
    if options.judge:
        others, truth, _ = read(options.judge, card["version"], weights, options.delivery)
        print(f"{len(truth)} others by that: {judged(others, truth, temperature, least)}")
    if options.write:
        card["families"]["temperature"] = round(temperature, 4)
        card["families"]["least"] = round(least, 4)
        options.card.write_text(json.dumps(card, indent=2) + "\n")


if __name__ == "__main__":
    main()
