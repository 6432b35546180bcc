"""Widths of uncertainty and thresholds of the verdict, from predictions out of source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from claims import WEAK_CAP
from data import Data
from fusing import Key, Unseen, clamped
from measures import Floats, Labels, bootstrap_by_group, calibration_error, class_weights, decision_threshold, residual
from stacking import rounded

ZONES = np.array([0.2, 0.4, 0.6, 0.8])
TIMES = 400
LEVEL = 0.9
SMALL_EDGES = (256.0, 320.0, 384.0, 512.0)
LOSSY = ("jpeg", "webp")

# The promises, at even prior odds.
MOST_WRONG_LIKELY = 0.05
MOST_WRONG_CERTAIN = 0.01
# Share of a class that a threshold must call before it counts: fewer cannot show an error of one in twenty.
LEAST_CALLED = 0.02
# No kind of real image with so many of them may be called AI more often than this, no generator's images authentic.
MOST_FALSE_OF_A_KIND, LEAST_OF_A_KIND = 0.1, 100
# Sources differ: a threshold that just keeps its promise where it was fitted breaks it elsewhere. So it is fitted to
# the largest of these shares of the promise with which the promise itself is kept on other sources.
SHARES = (1.0, 0.8, 0.6, 0.4, 0.2)


@dataclass(frozen=True)
class Widths:
    """Half-widths: with 90 % confidence over resampled sources, the calibration error is no larger."""

    zones: tuple[float, ...]
    small_side: float
    small: float
    low_bits: float
    recompressed: float
    pixels_only: float
    conflict_from: float
    conflict: float


def upper_error(labels: Labels, probabilities: Floats, groups: NDArray[np.str_], edges: Floats = ZONES) -> float:
    """90th percentile, over resamples of sources, of the expected calibration error; 0.5 where it cannot be known."""
    if len(np.unique(labels)) < 2 or len(labels) < 50:
        return 0.5
    weights = class_weights(labels)
    errors = [
        calibration_error(labels[rows], probabilities[rows], weights[rows], edges)
        for rows in bootstrap_by_group(labels, groups, TIMES)
    ]
    return float(min(0.5, np.quantile(errors, LEVEL)))


def zone_widths(labels: Labels, probabilities: Floats, groups: NDArray[np.str_]) -> tuple[float, ...]:
    """For each fifth of the scale, the 90th percentile of |share of AI - probability|, weighed to even odds."""
    samples = bootstrap_by_group(labels, groups, TIMES)
    out = []
    for zone in range(len(ZONES) + 1):
        errors = []
        for rows in samples:
            weights = class_weights(labels[rows])
            inside = np.searchsorted(ZONES, probabilities[rows], "left") == zone
            if inside.sum() >= 10:
                chosen = rows[inside]
                errors.append(abs(residual(labels[chosen], probabilities[chosen], weights[inside])))
        out.append(float(min(0.5, np.quantile(errors, LEVEL))) if errors else 0.5)
    return tuple(out)


@dataclass(frozen=True)
class Judged:
    """Images as the engine would weigh them, given an order of preference of sets."""

    data: Data
    folds: NDArray[np.intp]
    sets: tuple[Unseen, ...]
    chosen: NDArray[np.intp]
    """Which set has the word, row by row; -1 where none does."""
    pixels: Floats
    claims: Floats
    conflicts: Floats
    """The lesser of what speaks for AI and what speaks against it, in log-odds; 0 without conflict."""

    @property
    def probabilities(self) -> Floats:
        return clamped(self.pixels + self.claims)

    def where(self, rows: NDArray[np.bool_]) -> Judged:
        """Some of the rows; `sets` stay as they are."""
        return Judged(
            self.data.where(rows), self.folds[rows], self.sets, self.chosen[rows], self.pixels[rows], self.claims[rows],
            self.conflicts[rows],
        )


def judge(data: Data, folds: NDArray[np.intp], sets: Sequence[Unseen], claims: Floats, rows: NDArray[np.bool_]) -> Judged:
    """The chosen rows by the first of the sets whose layers ran."""
    chosen = np.full(len(data), -1)
    pixels = np.zeros(len(data))
    towards, against = np.where(claims > 0, claims, 0.0), np.where(claims < 0, -claims, 0.0)
    for index, unseen in reversed(list(enumerate(sets))):
        ran = np.isfinite(unseen.log_odds)
        chosen[ran], pixels[ran] = index, unseen.log_odds[ran]
        parts = np.column_stack([claims, *unseen.parts.values()])[ran]
        towards[ran] = np.where(parts > 0, parts, 0).sum(axis=1)
        against[ran] = np.where(parts < 0, -parts, 0).sum(axis=1)
    conflicts = np.minimum(towards, against)
    own = tuple(replace(u, log_odds=u.log_odds[rows], parts={n: v[rows] for n, v in u.parts.items()}) for u in sets)
    return Judged(data.where(rows), folds[rows], own, chosen[rows], pixels[rows], claims[rows], conflicts[rows])


def set_widths(judged: Judged) -> dict[Key, float]:
    mixed = judged.data.deliveries == "mixed"
    out = {}
    for unseen in judged.sets:
        ran = mixed & np.isfinite(unseen.log_odds)
        out[unseen.key] = upper_error(judged.data.labels[ran], expit(unseen.log_odds[ran]), judged.data.groups[ran])
    return out


def measure_widths(judged: Judged) -> Widths:
    data, p, conflicts = judged.data, judged.probabilities, judged.conflicts
    mixed = data.deliveries == "mixed"
    matched = mixed | np.isin(data.deliveries, ("web", "hard"))

    def error(rows: NDArray[np.bool_]) -> float:
        return upper_error(data.labels[rows], p[rows], data.groups[rows])

    # Small is the largest edge below which the error is worse than above it.
    below = {edge: error(mixed & (data.shorter < edge)) for edge in SMALL_EDGES}
    worse = [edge for edge in SMALL_EDGES if 0.5 > below[edge] > error(mixed & (data.shorter >= edge))]
    small_side = max(worse, default=SMALL_EDGES[0])

    # Recompressed is what looks like the hard delivery: half of it lies below its median of bits per pixel.
    hard = data.deliveries == "hard"
    low_bits = float(np.median(data.bits_per_pixel[hard])) if hard.any() else 0.0
    squeezed = matched & np.isin(data.formats, LOSSY) & (data.bits_per_pixel < low_bits)

    # The stronger half of conflicts, claims among them; what policy holds to next to nothing is no party to one.
    opposed = conflicts[conflicts > WEAK_CAP * 1.001]
    conflict_from = float(np.median(opposed)) if len(opposed) else 50.0
    return Widths(
        zones=zone_widths(data.labels[mixed], p[mixed], data.groups[mixed]),
        small_side=small_side,
        small=below[small_side],
        low_bits=low_bits,
        recompressed=error(squeezed),
        # Pixels drawn again arrive lossless, whatever was done to them before: so do these.
        pixels_only=error(mixed & (data.formats == "png")),
        conflict_from=conflict_from,
        conflict=error(conflicts >= conflict_from),
    )


def band(widths: Widths, sets: dict[Key, float], judged: Judged) -> Floats:
    """The engine's half-width for every row (`assessUncertainty`), all taken as published files."""
    data = judged.data
    width = np.array(widths.zones)[np.searchsorted(ZONES, judged.probabilities, "left")]
    own = [sets[judged.sets[index].key] if index >= 0 else 0.5 for index in judged.chosen]
    width = np.maximum(width, own)
    width = np.maximum(width, np.where(judged.conflicts >= widths.conflict_from, widths.conflict, 0))
    width = np.maximum(width, np.where(data.shorter < widths.small_side, widths.small, 0))
    squeezed = np.isin(data.formats, LOSSY) & (data.bits_per_pixel < widths.low_bits)
    return np.minimum(0.5, np.maximum(width, np.where(squeezed, widths.recompressed, 0)))


@dataclass(frozen=True)
class Thresholds:
    ai: float | None
    likely_ai: float | None
    likely_authentic: float | None

    def to_json(self) -> dict[str, float | None]:
        names = {"aiGenerated": self.ai, "likelyAiGenerated": self.likely_ai, "likelyAuthentic": self.likely_authentic}
        return {name: None if value is None else rounded(value) for name, value in names.items()}


def fit_thresholds(judged: Judged, widths: Floats, rows: NDArray[np.bool_], share: float) -> Thresholds:
    """Thresholds that keep `share` of each promise over the deliveries that make both classes alike. On files as
    stored, a camera's EXIF and the format give the class away: a promise kept there is kept by the collection, not
    by the pixels.
    """
    ours = rows & (judged.data.deliveries != "stored")
    y, p, w, groups = judged.data.labels[ours], judged.probabilities[ours], widths[ours], judged.data.groups[ours]
    if len(np.unique(y)) < 2:
        return Thresholds(None, None, None)
    # An image whose band reaches across even odds is never called: it ranks last on either side.
    towards = np.where(p - w > 0.5, p, 0.0)
    away = np.where(p + w < 0.5, 1 - p, 0.0)
    least = [int(np.ceil(LEAST_CALLED * (y == value).sum())) for value in (0, 1)]

    def found(target: Labels, scores: Floats, wrong: float, called: int, false: float = 1.0) -> float | None:
        threshold = decision_threshold(target, scores, groups, share * wrong, called, false)
        return threshold if threshold is not None and threshold > 0.5 else None

    authentic = found(1 - y, away, MOST_WRONG_LIKELY, least[0])
    return Thresholds(
        found(y, towards, MOST_WRONG_CERTAIN, least[1], MOST_WRONG_CERTAIN),
        found(y, towards, MOST_WRONG_LIKELY, least[1]),
        None if authentic is None else 1 - authentic,
    )


def verdicts(p: Floats, w: Floats, pixels: Floats, claims: NDArray[np.str_], t: Thresholds) -> NDArray[np.str_]:
    """The engine's verdicts (`decide` in verdict.ts)."""
    never = np.zeros(len(p), dtype=bool)
    above = {k: (p >= v) & (p - w > 0.5) if v is not None else never for k, v in (("ai", t.ai), ("likely", t.likely_ai))}
    authentic = (p <= t.likely_authentic) & (p + w < 0.5) if t.likely_authentic is not None else never
    against = expit(pixels) <= t.likely_authentic if t.likely_authentic is not None else never
    stated = claims == "generated"
    return np.select(
        [stated & ~against, stated, above["ai"], above["likely"], authentic],
        ["ai-generated", "likely-ai-generated", "ai-generated", "likely-ai-generated", "likely-authentic"],
        "inconclusive",
    )


def called_by(judged: Judged, widths: Floats, by_fold: dict[int, Thresholds]) -> NDArray[np.str_]:
    """Verdicts of each fold of sources by the thresholds fitted on the other folds."""
    data, p = judged.data, judged.probabilities
    out = np.full(len(data), "inconclusive", dtype="<U24")
    for fold, thresholds in by_fold.items():
        test = judged.folds == fold
        out[test] = verdicts(p[test], widths[test], judged.pixels[test], data.claims[test], thresholds)
    return out


def kept_elsewhere(judged: Judged, crossed: NDArray[np.str_], words: tuple[str, ...], label: int, most_wrong: float) -> bool:
    """Whether thresholds fitted on other sources keep the promise: at most `most_wrong` of what is called so is wrong, at
    even odds, every image counting alike, and no large kind of the other class is called so more than one time in ten.
    Over the deliveries that make both classes alike, files that say nothing of their maker. False where none was called.
    """
    data = judged.data
    ours = (data.deliveries != "stored") & (data.claims != "generated")
    called = ours & np.isin(crossed, words)
    right, wrong = (called[ours & (data.labels == value)].mean() for value in (label, 1 - label))
    if right == 0 or wrong > most_wrong * (right + wrong):
        return False
    others = ours & (data.labels == 1 - label)
    kinds, counts = np.unique(data.kinds[others], return_counts=True)
    large = kinds[counts >= LEAST_OF_A_KIND]
    return all(called[others & (data.kinds == kind)].mean() <= MOST_FALSE_OF_A_KIND for kind in large)


def settled(judged: Judged, widths: Floats) -> tuple[Thresholds, NDArray[np.str_]]:
    """The thresholds that keep their promise on other sources too, None for each that no share of the promise makes
    keep it; and the verdicts of the same thresholds fitted without the sources that they judge.
    """
    everything = np.ones(len(widths), dtype=bool)
    none = Thresholds(None, None, None)
    shipped, elsewhere = none, dict.fromkeys(np.unique(judged.folds).tolist(), none)
    fits = {
        share: (
            fit_thresholds(judged, widths, everything, share),
            {fold: fit_thresholds(judged, widths, judged.folds != fold, share) for fold in elsewhere},
        )
        for share in SHARES
    }
    promises = (
        ("likely_ai", ("likely-ai-generated",), 1, MOST_WRONG_LIKELY),
        ("ai", ("ai-generated",), 1, MOST_WRONG_CERTAIN),
        ("likely_authentic", ("likely-authentic",), 0, MOST_WRONG_LIKELY),
    )
    for name, words, label, most_wrong in promises:
        for whole, by_fold in fits.values():
            if getattr(whole, name) is None or (name == "ai" and (shipped.likely_ai is None or whole.ai < shipped.likely_ai)):
                continue
            alone = {fold: replace(none, **{name: getattr(each, name)}) for fold, each in by_fold.items()}
            if kept_elsewhere(judged, called_by(judged, widths, alone), words, label, most_wrong):
                shipped = replace(shipped, **{name: getattr(whole, name)})
                elsewhere = {fold: replace(each, **{name: getattr(by_fold[fold], name)}) for fold, each in elsewhere.items()}
                break
    return shipped, called_by(judged, widths, elsewhere)


def chosen_anew(judged: Judged, widths: Floats) -> NDArray[np.str_]:
    """Verdicts of each fold of sources by thresholds fitted on the other folds, the share of the promise chosen there as
    well: what `settled` is worth on sources that it has not seen at all.
    """
    by_fold = {
        fold: settled(judged.where(judged.folds != fold), widths[judged.folds != fold])[0]
        for fold in np.unique(judged.folds).tolist()
    }
    return called_by(judged, widths, by_fold)


@dataclass(frozen=True)
class Promises:
    """The thresholds of every set, and what they come to."""

    by_set: dict[Key, Thresholds]
    given: NDArray[np.str_]
    crossed: NDArray[np.str_]
    """By thresholds fitted on other sources."""
    anew: NDArray[np.str_]
    """By thresholds fitted on other sources, their share of the promise chosen there too."""
    half: Floats


def keep_promises(
    data: Data, folds: NDArray[np.intp], sets: Sequence[Unseen], claims: Floats, rows: NDArray[np.bool_],
    widths: Widths, halves: dict[Key, float],
) -> Promises:
    """A promise is made for the layers that ran: each set has thresholds of its own, from every image that it can judge,
    whether it would have the word there or a better set would.
    """
    judged = judge(data, folds, sets, claims, rows)
    half = band(widths, halves, judged)
    given = np.full(len(judged.data), "inconclusive", dtype="<U24")
    crossed, anew = given.copy(), given.copy()
    by_set = {}
    for index, unseen in enumerate(sets):
        able = rows & np.isfinite(unseen.log_odds)
        alone = judge(data, folds, (unseen,), claims, able)
        own = band(widths, halves, alone)
        thresholds, elsewhere = settled(alone, own)
        by_set[unseen.key] = thresholds
        mine = (judged.chosen == index)[able[rows]]
        args = (alone.probabilities, own, alone.pixels, alone.data.claims)
        at = judged.chosen == index
        given[at] = verdicts(*args, thresholds)[mine]
        crossed[at] = elsewhere[mine]
        if at.any():
            anew[at] = chosen_anew(alone, own)[mine]
    nothing = judged.chosen < 0
    silent = Thresholds(None, None, None)
    for out in (given, crossed, anew):
        out[nothing] = verdicts(
            judged.probabilities[nothing], half[nothing], judged.pixels[nothing], judged.data.claims[nothing], silent
        )
    return Promises(by_set, given, crossed, anew, half)
