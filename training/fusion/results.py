"""The page of figures that a fit leaves behind (`results.md`)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data import CLAIMS, Data
from deciding import Thresholds, Widths, cross_fitted_verdicts, verdicts
from fusing import Fusion, Unseen, clamped
from measures import (
    Floats, auc, balanced_accuracy, bootstrap_by_group, calibration_error, class_weights, interval, true_positive_rate,
)
from splices import Splices
from stacking import LayerModel, Platt

TENTHS = np.arange(0.1, 1, 0.1)
TIMES = 500
DELIVERIES = ("mixed", "web", "hard", "stored")
VERDICTS = ("ai-generated", "likely-ai-generated", "inconclusive", "likely-authentic")


@dataclass(frozen=True)
class Evaluation:
    data: Data
    every: Unseen
    """Judgements with all layers, whether they earned a say or not."""
    earning: frozenset[str]
    unseen: Unseen
    half: Floats
    conflicts: Floats
    widths: Widths
    thresholds: Thresholds
    fitted: NDArray[np.str_]
    crossed: NDArray[np.str_]
    shipped: Unseen
    """The final weights on the images they were fitted on."""
    shipped_thresholds: Thresholds
    ratios: dict[str, float]
    whole: Fusion
    fusion: Fusion
    scaling: dict[tuple[str, ...], Platt]
    splices: Splices
    left_out: dict[str, int]
    command: str
    date: str
    manifest: str
    config: str
    versions: list[str]


def table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    names = list(head)
    lines = ["| " + " | ".join(names) + " |", "|" + "---|" * len(names)]
    lines += ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines)


def percent(value: float) -> str:
    return "-" if not np.isfinite(value) else f"{100 * value:.1f} %"


def with_interval(value: float, bounds: tuple[float, float]) -> str:
    return f"{value:.3f} ({bounds[0]:.3f} to {bounds[1]:.3f})"


def power(data: Data, chosen: NDArray[np.bool_], log_odds: Floats) -> list[object]:
    """n, AUC with interval, balanced accuracy at 0.5, true positives at 1 % and 5 % false ones, ECE."""
    usable = chosen & np.isfinite(log_odds)
    y, s, groups = data.labels[usable], log_odds[usable], data.groups[usable]
    if len(np.unique(y)) < 2:
        return [len(y), "-", "-", "-", "-", "-"]
    p = clamped(s)
    samples = bootstrap_by_group(y, groups, TIMES)
    return [
        len(y),
        with_interval(auc(y, s), interval(lambda rows: auc(y[rows], s[rows]), samples)),
        with_interval(balanced_accuracy(y, p), interval(lambda rows: balanced_accuracy(y[rows], p[rows]), samples)),
        percent(true_positive_rate(y, s, 0.01)),
        percent(true_positive_rate(y, s, 0.05)),
        f"{calibration_error(y, p, class_weights(y), TENTHS):.3f}",
    ]


POWER = ["n", "AUC (95 %)", "balanced accuracy at 0.5 (95 %)", "found at 1 % false", "found at 5 % false", "ECE"]


def errors(data: Data, given: NDArray[np.str_], chosen: NDArray[np.bool_]) -> list[object]:
    """Share inconclusive, and wrong among the decided, at even prior odds and as counted."""
    y, v = data.labels[chosen], given[chosen]
    decided = v != "inconclusive"
    wrong = decided & (np.isin(v, ("ai-generated", "likely-ai-generated")) == (y == 0))
    weights = class_weights(y)
    called = weights[decided].sum()
    return [
        len(y),
        percent(1 - decided.mean()) if len(y) else "-",
        int(decided.sum()),
        int(wrong.sum()),
        percent(weights[wrong].sum() / called) if called > 0 else "-",
    ]


def verdict_rows(data: Data, given: NDArray[np.str_], names: NDArray[np.str_], chosen: NDArray[np.bool_]) -> list[list[object]]:
    out = []
    for label, word in ((1, "AI"), (0, "real")):
        for name in np.unique(names[chosen & (data.labels == label)]):
            own = given[chosen & (data.labels == label) & (names == name)]
            wrong = "likely-authentic" if label == 1 else "ai"
            called = [percent((own == v).mean()) for v in VERDICTS]
            false = (own == wrong).mean() if label == 1 else np.isin(own, VERDICTS[:2]).mean()
            out.append([word, name, len(own), *called, percent(float(false))])
    return out


def write_results(e: Evaluation) -> str:
    data, unseen = e.data, e.unseen
    p = unseen.probabilities
    anything = np.ones(len(data), dtype=bool)
    counts = ", ".join(f"{d} {int((data.deliveries == d).sum())}" for d in DELIVERIES)
    parts = [
        "# What the fusion is worth",
        "Written by `fit.py`; do not edit. Every image below was judged by weights, claim ratios and scaling that "
        "had not seen its repository (12 folds of repositories). Intervals are percentile bootstraps that resample "
        f"repositories within each class, {TIMES} times. Rates across classes are at even prior odds.",
        "\n".join([
            f"- date {e.date}, `{e.command}`",
            f"- model {', '.join(e.versions) or 'none'}",
            f"- images: {counts}; {int((data.labels == 1).sum())} AI, {int((data.labels == 0).sum())} real, "
            f"{len(np.unique(data.groups))} repositories; left out: {e.left_out}",
            f"- manifests sha256 `{e.manifest}`",
            f"- fusion.json sha256 `{e.config}`",
        ]),
        "The optional corpus `../shared/corpus` is a slice of these images: after the fit, accuracy on it is in "
        "sample. The figures here, with sources left out, are the honest ones, and intervals are wide because "
        "there are few repositories.",
        "## Each layer and the whole, on `mixed`",
        "`mixed` delivers one AI and one real image alike, so that format, size and quality tell nothing.",
        table(["", *POWER], [
            *([name, *power(data, data.deliveries == "mixed", values)] for name, values in sorted(e.every.layers.items())),
            *(["+".join(key), *power(data, data.deliveries == "mixed", values)]
              for key, values in e.every.sets.items() if len(key) > 1),
            ["fused, with what files claim", *power(data, data.deliveries == "mixed", unseen.pixels + unseen.claims)],
            ["the final weights on these very images",
             *power(data, data.deliveries == "mixed", e.shipped.pixels + e.shipped.claims)],
        ]),
        "The fused row pools folds, each with its own scaling, so it ranks a little worse than the single fit that is "
        "shipped; the last row is in sample, but with one layer in use its two numbers hardly can be overfitted.",
        f"Layers with a say: {', '.join(sorted(e.earning)) or 'none'}. A layer has one where its AUC on unseen sources is "
        "over one half in 95 % of resamples of the repositories (the five surest, where there are more), and where the whole "
        "ranks better with it than without in 95 % of them; the others are shown to people as what they saw, and "
        "do not move the probability.",
        "## Per delivery, fused",
        table(["delivery", *POWER], ([d, *power(data, data.deliveries == d, unseen.pixels + unseen.claims)] for d in DELIVERIES)),
        "On `stored`, formats and qualities differ by class: its figures flatter.",
        "## Verdicts",
        f"Thresholds, kept on probabilities for unseen sources: `ai-generated` {shown(e.thresholds.ai)}, `likely-ai-generated` "
        f"{shown(e.thresholds.likely_ai)}, `likely-authentic` {shown(e.thresholds.likely_authentic)}; "
        "none means that no threshold kept its promise (likely: at most 5 % wrong, ai-generated: at most 1 % wrong "
        "and at most 1 % of real images), and that verdict then comes only from a statement in the file.",
        table(["thresholds", "images", "n", "inconclusive", "decided", "wrong", "wrong among decided, even odds"], [
            [name, d, *errors(data, given, data.deliveries == d if d != "all" else anything)]
            for name, given in (("as shipped", e.fitted), ("fitted on other sources", e.crossed))
            for d in ("all", *DELIVERIES)
        ]),
        seen_sources(e),
        "### By kind of image (fitted thresholds, all deliveries)",
        table(["class", "kind", "n", *VERDICTS, "wrong"], verdict_rows(data, e.fitted, data.kinds, anything)),
        "### By repository (fitted thresholds, `mixed`)",
        table(["class", "repository", "n", *VERDICTS, "wrong"],
              verdict_rows(data, e.fitted, data.repos, data.deliveries == "mixed")),
        "## Where the model errs, on `mixed`",
        table(["class", "kind", "n", "mean probability", "above 0.5"], kind_rows(data, p)),
        "## What files claim, on `stored`",
        claims_text(e),
        "## Weights",
        weights_text(e),
        "## Widths of uncertainty",
        widths_text(e),
        "## Splicing (CASIA 1.0)",
        "\n".join(e.splices.lines),
    ]
    return "\n\n".join(parts) + "\n"


def seen_sources(e: Evaluation) -> str:
    """What thresholds would be if sources already seen were taken for all there are."""
    t, data, p = e.shipped_thresholds, e.data, e.shipped.probabilities
    inside = verdicts(p, e.half, e.shipped.pixels, data.claims, t)
    outside = cross_fitted_verdicts(data, e.shipped, e.half)
    pixels = data.claims != "generated"
    rows = [[name, *errors(data, given, pixels)] for name, given in (("the same", inside), ("of other sources", outside))]
    return (
        "For comparison, not shipped: split conformal thresholds on the final weights' answers for the very same "
        f"sources would be `ai-generated` {shown(t.ai)}, `likely-ai-generated` {shown(t.likely_ai)}, "
        f"`likely-authentic` {shown(t.likely_authentic)}. Images without a statement of their own:\n\n"
        + table(["thresholds fitted on", "n", "inconclusive", "decided", "wrong", "wrong among decided, even odds"], rows)
        + "\n\nWhere the second line breaks the promise of the first, the promise would not hold for people's images."
    )


def shown(value: float | None) -> str:
    return "none" if value is None else f"{value:.3f}"


def kind_rows(data: Data, p: Floats) -> list[list[object]]:
    mixed = data.deliveries == "mixed"
    out = []
    for label, word in ((1, "AI"), (0, "real")):
        for kind in np.unique(data.kinds[mixed & (data.labels == label)]):
            own = p[mixed & (data.labels == label) & (data.kinds == kind)]
            out.append([word, kind, len(own), f"{own.mean():.2f}", percent(float((own > 0.5).mean()))])
    return out


def claims_text(e: Evaluation) -> str:
    stored = e.data.deliveries == "stored"
    rows = []
    for claim in CLAIMS:
        counts = [int((stored & (e.data.claims == claim) & (e.data.labels == value)).sum()) for value in (1, 0)]
        rows.append([claim, *counts, f"{e.ratios[claim]:+.2f}"])
    return table(["claim", "AI", "real", "log-likelihood ratio used, before the policy's caps"], rows) + (
        "\n\nCounted per image, one pseudo-count a cell; 0 where resampled repositories do not agree on the direction. The collection is biased: its camera originals were sought "
        "out, and most of its AI images were stripped by the sites that publish them; so the caps."
    )


def weights_text(e: Evaluation) -> str:
    rows = []
    for s in e.whole.sets:
        if not e.earning.issuperset(s.layers):
            continue
        platt = e.scaling[s.layers]
        weights = ", ".join(f"{n} {w:.3f}" for n, w in zip(s.layers, s.stack.weights, strict=True))
        rows.append(["+".join(s.layers), weights, f"{s.stack.intercept:+.3f}", f"{platt.slope:.3f}", f"{platt.intercept:+.3f}"])
    text = table(["layers that ran", "weights", "intercept", "slope", "offset"], rows)
    for name, model in e.whole.layers.items():
        if isinstance(model, LayerModel):
            terms = sorted(zip(model.names, model.platt.slope * model.logistic.weights, strict=True), key=lambda t: -abs(t[1]))
            listed = ", ".join(f"{n} {w:+.3f}" for n, w in terms)
            unused = "" if name in e.earning else ", not used"
            text += f"\n\n`{name}` (ridge {model.ridge:g}{unused}), log-odds a standard deviation: {listed}."
        else:
            text += f"\n\n`{name}`: Platt scaling of the combined logit, a {model.slope:.4f}, b {model.intercept:+.4f} (in the model card)."
    return text


def widths_text(e: Evaluation) -> str:
    w = e.widths
    edges = (0, 0.2, 0.4, 0.6, 0.8, 1)
    rows: list[list[object]] = [
        [f"probability {edges[i]:g} to {edges[i + 1]:g}", f"{width:.3f}"] for i, width in enumerate(w.zones)
    ]
    rows += [[f"only {'+'.join(key)}", f"{width:.3f}"] for key, width in w.sets.items()]
    rows += [
        [f"small: shorter side below {w.small_side:g} px", f"{w.small:.3f}"],
        [f"recompressed: below {w.low_bits:.2f} bits a pixel", f"{w.recompressed:.3f}"],
        ["pixels only (as delivered in PNG)", f"{w.pixels_only:.3f}"],
        [f"in conflict: at least {w.conflict_from:.2f} log-odds on either side", f"{w.conflict:.3f}"],
    ]
    return table(["condition", "half-width"], rows) + (
        "\n\nHalf-widths are 90th percentiles, over resampled repositories, of the calibration error."
    )
