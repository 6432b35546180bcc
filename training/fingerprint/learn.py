"""Averages residual spectra per generator and writes public/models/fingerprints.json and results.md.

    python learn.py train-*.npz --judge val-*.npz --list train.tsv.gz --out ../../public/models/fingerprints.json

Input is what `measure.py` wrote. For each generator g the direction S^-1 (m_g - m_real) is kept: m are average
spectra, S the covariance of spectra around their own average (shrunk towards a multiple of the identity). It is
the matched filter for that generator's trace in pictures of known variation, scaled so that real pictures have
the standard deviation 1. The shrinkage is chosen on the training images alone, by halves.
"""

from __future__ import annotations

import argparse
import base64
import datetime
import hashlib
import json
from pathlib import Path

import numpy as np

CELLS = 33
SHRINKAGE = (0.03, 0.1, 0.3, 1.0, 3.0)
# An average of fewer pictures than this is kept near that of all generators: n / (n + PRIOR) of it is its own.
PRIOR = 20
LEAST_PICTURES = 8
DRAWS = 300

NAMES = {
    "bing-dalle2exp": "Bing Image Creator (early)", "dalle-mini": "DALL-E mini", "dalle2": "DALL-E 2",
    "dalle3": "DALL-E 3", "disco-diffusion": "Disco Diffusion", "flux1-dev": "FLUX.1 dev",
    "glid3-xl": "GLID-3 XL", "gpt4o": "GPT-4o", "gpt4o-or-nano-banana": "GPT-4o or Nano Banana",
    "ldm": "Latent Diffusion", "majesty-diffusion": "Majesty Diffusion", "midjourney-2022": "Midjourney (2022)",
    "nano-banana-pro": "Nano Banana Pro", "sd-beta-2022": "Stable Diffusion (beta)",
    "sd-unspecified": "Stable Diffusion", "sd15": "Stable Diffusion 1.5",
    "sd15-finetunes": "Stable Diffusion 1.5, fine-tuned", "sd2": "Stable Diffusion 2",
    "sd35-large": "Stable Diffusion 3.5 Large", "simulacrabot-2022": "Simulacrabot",
    "stylegan-boredhumans": "StyleGAN", "stylegan2": "StyleGAN2", "grok": "Grok",
}


def load(paths: list[Path]) -> tuple[np.ndarray, np.ndarray]:
    """Spectra, and their facts: label, kind, repository, delivery, SHA-256."""
    parts = [np.load(path) for path in paths]
    return np.concatenate([p["spectra"] for p in parts]).astype(np.float64), np.concatenate([p["facts"] for p in parts])


def learn(spectra: np.ndarray, facts: np.ndarray, shrinkage: float, least: int = LEAST_PICTURES) -> dict:
    label, kind = facts[:, 0], facts[:, 1]
    real = label == "real"
    # Kinds of real pictures count alike, whatever their number.
    m_real = np.mean([spectra[real & (kind == k)].mean(0) for k in np.unique(kind[real])], axis=0)
    kinds = [k for k in np.unique(kind[~real]) if (kind[~real] == k).sum() >= least]
    own = {k: spectra[~real & (kind == k)] for k in kinds}
    m_all = np.mean([rows.mean(0) for rows in own.values()], axis=0)
    centred = [spectra[real & (kind == k)] - spectra[real & (kind == k)].mean(0) for k in np.unique(kind[real])]
    centred += [rows - rows.mean(0) for rows in own.values()]
    noise = np.concatenate(centred)
    covariance = noise.T @ noise / max(1, len(noise) - len(centred))
    covariance += shrinkage * np.trace(covariance) / len(covariance) * np.eye(len(covariance))
    deviations = spectra[real] - m_real

    def direction(mean: np.ndarray) -> np.ndarray:
        w = np.linalg.solve(covariance, mean - m_real)
        return w / max(1e-12, (deviations @ w).std())

    generators = {}
    for k, rows in own.items():
        share = len(rows) / (len(rows) + PRIOR)
        generators[k] = direction(m_all + share * (rows.mean(0) - m_all))
    return {"real": m_real, "all": direction(m_all), "generators": generators, "counts": {k: len(r) for k, r in own.items()}}


def scores(model: dict, spectra: np.ndarray) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Likeness with all generators together, with the nearest one, and which that is."""
    difference = spectra - model["real"]
    names = list(model["generators"])
    each = difference @ np.stack([model["generators"][k] for k in names], axis=1)
    return difference @ model["all"], each.max(1), [names[i] for i in each.argmax(1)]


def auc(ai: np.ndarray, real: np.ndarray) -> float:
    both = np.concatenate([ai, real])
    order = both.argsort(kind="stable")
    ranks = np.empty(len(both))
    ranks[order] = np.arange(1, len(both) + 1)
    return float((ranks[: len(ai)].sum() - len(ai) * (len(ai) + 1) / 2) / (len(ai) * len(real)))


def interval(values: np.ndarray, label: np.ndarray, repo: np.ndarray) -> tuple[float, float]:
    """95 % by resampling repositories within each class."""
    dice = np.random.default_rng(1)
    groups = {side: [values[(label == side) & (repo == r)] for r in np.unique(repo[label == side])] for side in ("ai", "real")}
    drawn = []
    for _ in range(DRAWS):
        sides = {
            side: np.concatenate([rows[i] for i in dice.integers(0, len(rows), len(rows))]) for side, rows in groups.items()
        }
        drawn.append(auc(sides["ai"], sides["real"]))
    return float(np.quantile(drawn, 0.025)), float(np.quantile(drawn, 0.975))


def packed(values: np.ndarray) -> dict:
    scale = float(np.abs(values).max()) / 127 or 1.0
    whole = np.clip(np.round(values / scale), -127, 127).astype(np.int8)
    return {"scale": scale, "bytes": base64.b64encode(whole.tobytes()).decode()}


def halves(spectra: np.ndarray, facts: np.ndarray) -> tuple[float, float]:
    """The shrinkage with the best AUC on the other half, and the likeness that 1 % of real ones reach there."""
    odd = np.array([int(sha[8:10], 16) % 2 == 1 for sha in facts[:, 4]])
    best = (0.0, SHRINKAGE[-1], 0.0)
    for shrinkage in SHRINKAGE:
        found, usual = [], []
        for half in (odd, ~odd):
            model = learn(spectra[half], facts[half], shrinkage, LEAST_PICTURES // 2)
            every, nearest, _ = scores(model, spectra[~half])
            real = facts[~half, 0] == "real"
            found.append(auc(every[~real], every[real]))
            usual.append(np.quantile(nearest[real], 0.99))
        best = max(best, (float(np.mean(found)), shrinkage, float(np.mean(usual))))
    return best[1], best[2]


def judged(model: dict, usual: float, spectra: np.ndarray, facts: np.ndarray) -> list[str]:
    lines = ["| delivery | AI | real | `all`: AUC (95 %) | `nearest`: AUC (95 %) | named wrongly | named, of AI |", "|---|---|---|---|---|---|---|"]
    every, nearest, _ = scores(model, spectra)
    for delivery in np.unique(facts[:, 3]):
        at = facts[:, 3] == delivery
        label, repo = facts[at, 0], facts[at, 2]
        cells = []
        for values in (every[at], nearest[at]):
            low, high = interval(values, label, repo)
            cells.append(f"{auc(values[label == 'ai'], values[label == 'real']):.3f} ({low:.3f} to {high:.3f})")
        named = nearest[at] > usual
        lines.append(
            f"| {delivery} | {(label == 'ai').sum()} | {(label == 'real').sum()} | {cells[0]} | {cells[1]} | "
            f"{named[label == 'real'].sum()} of {(label == 'real').sum()} | {named[label == 'ai'].sum()} of {(label == 'ai').sum()} |"
        )
    return lines


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("train", type=Path, nargs="+")
    parser.add_argument("--judge", type=Path, nargs="+", required=True)
    parser.add_argument("--list", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--results", type=Path, default=Path(__file__).with_name("results.md"))
    arguments = parser.parse_args()

    spectra, facts = load(arguments.train)
    shrinkage, usual = halves(spectra, facts)
    model = learn(spectra, facts, shrinkage)
    real = int((facts[:, 0] == "real").sum())
    made = datetime.date.today().isoformat()
    arguments.out.write_text(json.dumps({
        "cells": CELLS,
        "provenance": {
            "made": made, "by": "training/fingerprint/learn.py", "split": "train",
            "list": hashlib.sha256(arguments.list.read_bytes()).hexdigest(),
            "real": real, "ai": int(len(facts) - real), "shrinkage": shrinkage,
            "what": "Average residual spectra of generators against real pictures; no picture can be had back from them.",
        },
        "real": packed(model["real"]), "all": packed(model["all"]), "usual": round(usual, 3),
        "generators": [
            {"name": NAMES.get(k, k), "pictures": model["counts"][k], "weights": packed(model["generators"][k])}
            for k in model["generators"]
        ],
    }) + "\n")
    table = judged(model, usual, *load(arguments.judge))
    arguments.results.write_text("\n".join([
        "# What the averages of generators are worth", "",
        "Written by `learn.py`; do not edit. Judged on `val`: other repositories, and mostly other generators than those learned from. "
        "Intervals resample repositories within each class.", "",
        f"- {made}; learned from {len(facts) - real} AI and {real} real pictures; shrinkage {shrinkage}; "
        f"one in 100 real pictures (of the half not learned from) is more than {usual:.2f} deviations like some generator", "",
        *table, "",
    ]))
    print("\n".join(table))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
