"""Draws pairs of one AI and one real image, balanced over sources, alike in size.

Public collections give the class away by size, format and quality. So both images of a pair are cut to one
shape and go through one delivery (`fusion/delivery.py`'s recipes with the ranges below), and over all pairs
these figures are distributed alike in both classes by construction.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from dataclasses import dataclass

from delivery import Encoding
from sources import Listed

# Share of a source in the draw grows with the square root of its size: large uniform collections (groceries,
# receipts, one style sheet) must not drown the small varied ones.
TEMPER = 0.5
# Sources weighed beyond that, by (label, kind): what the pilot got wrong most, or what repeats itself.
EMPHASIS = {
    ("real", "graphics"): 1.3,
    ("real", "human-art"): 1.5,
    ("real", "edited"): 2.0,
    ("real", "camera-original"): 1.5,
    ("real", "photo"): 1.5,
}
EMPHASIS_REPO = {"Liang-yc/ECUSTFD-resized-": 0.4, "marcusklasson/GroceryStoreDataset": 0.7}

SHORTEST, LONGEST = 192, 1000
SHRINK = 0.9
KERNELS = ("area", "bicubic", "bilinear", "lanczos")
# Marks of generators stand in the lower corners: every picture loses at least this much at its foot.
FOOT = (0.09, 0.14)
OTHER_SIDES = (0.0, 0.06)
ASPECTS = ((1, 1), (1, 1), (4, 3), (3, 4), (3, 2), (2, 3))


@dataclass(frozen=True)
class Way:
    """One delivery, shared by both images of a pair."""

    foot: float
    sides: tuple[float, float, float]  # left, top, right: shares cut away
    aspect: tuple[int, int]
    shorter: int
    kernel: str
    encodings: tuple[Encoding, ...]


def _encoding(dice: random.Random) -> Encoding:
    fate = dice.random()
    quality = dice.randint(30, 60) if dice.random() < 0.3 else dice.randint(60, 97)
    subsampling = 0 if dice.random() < 0.3 else 2
    if fate < 0.62:
        return Encoding("JPEG", quality, subsampling)
    return Encoding("WEBP", quality, 2) if fate < 0.8 else Encoding("PNG", 100, 0)


def way_for(shorter_sides: tuple[int, int], dice: random.Random) -> Way:
    """A delivery that fits the smaller of both images; its size is never more than SHRINK of that."""
    foot = dice.uniform(*FOOT)
    left, top, right = (dice.uniform(*OTHER_SIDES) for _ in range(3))
    room = int(SHRINK * (1 - max(foot + top, left + right)) * min(shorter_sides))
    wanted = round(SHORTEST * (LONGEST / SHORTEST) ** dice.random() ** 0.7)
    encodings = (_encoding(dice), _encoding(dice)) if dice.random() < 0.3 else (_encoding(dice),)
    # The shape is the pair's too, so the room is that of the narrower side after the cut to shape.
    aspect = dice.choice(ASPECTS)
    ratio = min(aspect) / max(aspect)
    shorter = max(128, min(wanted, int(room * ratio)))
    return Way(foot, (left, top, right), aspect, shorter, dice.choice(KERNELS), encodings)


def weights(rows: list[Listed]) -> dict[tuple[str, str, str], float]:
    """Images to expect of each (label, repository, kind), up to one common factor."""
    counts = Counter((row.label, row.repo, row.kind) for row in rows)
    return {
        (label, repo, kind): n**TEMPER * EMPHASIS.get((label, kind), 1.0) * EMPHASIS_REPO.get(repo, 1.0)
        for (label, repo, kind), n in counts.items()
    }


def draw(rows: list[Listed], count: int, dice: random.Random) -> list[Listed]:
    """`count` images by weight; no image again before its source is used up."""
    sources: dict[tuple[str, str, str], list[Listed]] = defaultdict(list)
    for row in rows:
        sources[(row.label, row.repo, row.kind)].append(row)
    weight = weights(rows)
    total = sum(weight.values())
    out: list[Listed] = []
    for key in sorted(sources):
        own = sources[key]
        exact = count * weight[key] / total
        wanted = int(exact) + (dice.random() < exact - int(exact))
        wanted = min(wanted, 2 * len(own))
        while wanted > 0:
            taken = dice.sample(own, min(wanted, len(own)))
            out += taken
            wanted -= len(taken)
    return out


def draw_pairs(ai: list[Listed], real: list[Listed], count: int, seed: str) -> list[tuple[Listed, Listed, Way]]:
    """About `count` pairs in random order, neighbours in size."""
    dice = random.Random(seed)
    chosen = [draw(rows, count, dice) for rows in (ai, real)]
    least = min(len(rows) for rows in chosen)
    chosen = [dice.sample(rows, least) for rows in chosen]
    by_size = [sorted(rows, key=lambda row: (row.shorter, row.sha256)) for rows in chosen]
    pairs = [(a, r, way_for((a.shorter, r.shorter), dice)) for a, r in zip(*by_size, strict=True)]
    dice.shuffle(pairs)
    return pairs
