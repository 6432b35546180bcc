"""The page of figures that a fit leaves behind (`results.md`)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from beside import Beside
from claims import Claims
from data import CLAIMS, Data
from deciding import SHARES, Judged, Promises, Thresholds, Widths
from fusing import Chosen, Key, Unseen, clamped
from layers import MODEL, Nested
from measures import (
    Floats, auc, balanced_accuracy, bootstrap_by_group, calibration_error, class_weights, interval, quantiles, resampled_auc,
    true_positive_rate,
)
from modeloff import ModelOff, better_than
from pages import marked, part_of
from stacking import LayerModel

TENTHS = np.arange(0.1, 1, 0.1)
TIMES = 500
DELIVERIES = ("mixed", "web", "hard", "stored")
VERDICTS = ("ai-generated", "likely-ai-generated", "inconclusive", "likely-authentic")
# Parts of the page that other scripts fill, and who does.
FOREIGN = {"trees": "compare.py", "splices": "splices.py"}


@dataclass(frozen=True)
class State:
    """Images as the engine would judge them with the detector, or without it."""

    judged: Judged
    promises: Promises


@dataclass(frozen=True)
class Evaluation:
    nested: Nested
    chosen: Chosen
    off: ModelOff
    beside: Beside | None = None
    stood_down: bool = False
    """All figures together rank better and keep no promise that the detector alone keeps."""
    sets: list[Unseen] = field(default_factory=list)
    states: dict[str, State] = field(default_factory=dict)
    widths: Widths | None = None
    halves: dict[Key, float] = field(default_factory=dict)
    claims: Claims | None = None
    ratios: dict[str, float] = field(default_factory=dict)
    left_out: dict[str, int] = field(default_factory=dict)
    command: str = ""
    date: str = ""
    manifest: str = ""
    config: str = ""
    versions: list[str] = field(default_factory=list)


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
        with_interval(auc(y, s), quantiles(resampled_auc(y, s, groups, TIMES))),
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


def write_results(e: Evaluation, before: str) -> str:
    """The whole page. Parts that other scripts fill are taken over from the page that there was."""
    data, nested = e.nested.data, e.nested
    mixed = nested.mixed
    parts = [
        "# What the fusion is worth",
        "Written by `fit.py`; do not edit. Every image below was judged by weights, claim ratios and scaling that "
        "had not seen its repository (12 folds of repositories). Intervals are percentile bootstraps that resample "
        f"repositories within each class, {TIMES} times or more. Rates across classes are at even prior odds.",
        "\n".join([
            f"- date {e.date}, `{e.command}`",
            f"- model {', '.join(e.versions) or 'none'}",
            *(f"- images of `{split}`: {counts_of(data.where(data.splits == split))}" for split in sorted(set(data.splits.tolist()))),
            f"- left out: {e.left_out}",
            f"- manifests sha256 `{e.manifest}`",
            f"- fusion.json sha256 `{e.config}`",
        ]),
        "What was learned from pictures of `train` (the detector, the averages of `fingerprint`) has no say on those "
        "pictures unless networks that never saw their repository judged them. The optional corpus `../shared/corpus` is a "
        "slice of `val`: after the fit, accuracy on it is in sample. The figures here, with sources left out, are the "
        "honest ones, and intervals are wide because there are few repositories.",
        "## Each layer alone, on `mixed`",
        "`mixed` delivers one AI and one real image alike, so that format, size and quality tell nothing.",
        table(["", *POWER], [[name, *power(data, mixed, values)] for name, values in sorted(nested.outer.items())]),
        earning_text(e),
        *(text for name, state in e.states.items() for text in state_parts(name, state)),
        "## The detector and all other figures together, on `mixed`",
        beside_text(e),
        "## Without the detector: together against the best single layer, on `mixed`",
        off_text(e),
        "## Boosted trees",
        kept(before, "trees"),
        "## What files claim",
        claims_text(e),
        "## Weights",
        weights_text(e),
        "## Widths of uncertainty",
        widths_text(e),
        "## Splicing",
        kept(before, "splices"),
    ]
    return "\n\n".join(parts) + "\n"


def kept(before: str, name: str) -> str:
    return marked(name, part_of(before, name) or f"Not measured yet: `{FOREIGN[name]}` fills this part.")


def counts_of(data: Data) -> str:
    counts = ", ".join(f"{d} {int((data.deliveries == d).sum())}" for d in DELIVERIES)
    judged = sum(MODEL in features for features in data.features)
    return (
        f"{counts}; {int((data.labels == 1).sum())} AI, {int((data.labels == 0).sum())} real, "
        f"{len(np.unique(data.groups))} repositories; {judged} with the detector's judgement"
    )


def earning_text(e: Evaluation) -> str:
    others = [name for name in e.chosen.with_model if name != MODEL]
    shipped = e.off.ways[e.off.chosen].unseen
    without = f"{', '.join(e.chosen.earning) or 'none'}, where their figures are not all weighed together (below)" if shipped else (
        ", ".join(e.chosen.earning) or "none"
    )
    return (
        f"Layers with a say where the detector ran: {', '.join(e.chosen.with_model) or 'none'}"
        f"{'' if others else ' alone'}. Where it did not: {without}. A layer has one without the "
        "detector where its AUC on unseen sources is over one half in 95 % of resamples of the repositories (the five "
        "surest, where there are more), and beside the detector where the whole ranks better with it than without in 95 % "
        "of them; the others are shown to people as what they saw, and do not move the probability."
    )


def state_parts(name: str, state: State) -> list[str]:
    judged, promises = state.judged, state.promises
    data, p = judged.data, judged.probabilities
    mixed = data.deliveries == "mixed"
    summed = judged.pixels + judged.claims
    groups = {
        "all": np.ones(len(data), dtype=bool),
        **{delivery: data.deliveries == delivery for delivery in DELIVERIES},
        "`val`": data.splits == "val",
        "`val`, delivered alike": (data.splits == "val") & (data.deliveries != "stored"),
    }
    out = [
        f"## {name[0].upper()}{name[1:]}",
        "### Per delivery, with what files claim",
        table(["delivery", *POWER], ([d, *power(data, rows, summed)] for d, rows in groups.items() if d != "all")),
        "On `stored`, formats and qualities differ by class: its figures flatter.",
        "### Verdicts",
        "\n".join(f"- {'+'.join(key)}: {shown_all(t)}" for key, t in promises.by_set.items()),
        "None means that no threshold kept its promise on unseen sources (likely: at most 5 % wrong and at most 10 % of any kind of "
        "real image with 100 and more; ai-generated: at most 1 % wrong and at most 1 % of real images), counted on the deliveries that "
        "make both classes alike; that verdict then comes only from a statement in the file. Thresholds are fitted with every source "
        f"weighing the same, to the largest share of the promise ({', '.join(f'{share:g}' for share in SHARES)}) with which the promise itself is kept where "
        "they are fitted on other sources than they judge; the share is chosen on these very figures, but in the last rows, where each "
        "fold of sources is judged by thresholds and shares that the other folds chose.",
        table(["thresholds", "images", "n", "inconclusive", "decided", "wrong", "wrong among decided, even odds"], [
            [word, d, *errors(data, given, rows)]
            for word, given in (
                ("as shipped", promises.given), ("fitted on other sources", promises.crossed),
                ("share chosen there too", promises.anew),
            )
            for d, rows in groups.items()
        ]),
    ]
    if name.startswith("with "):
        out += [
            "### By kind of image (all deliveries)",
            table(["class", "kind", "n", *VERDICTS, "wrong"], verdict_rows(data, promises.given, data.kinds, groups["all"])),
            "### By repository (`mixed`)",
            table(["class", "repository", "n", *VERDICTS, "wrong"], verdict_rows(data, promises.given, data.repos, mixed)),
            "### Where it errs (`mixed`)",
            table(["class", "kind", "n", "mean probability", "above 0.5"], kind_rows(data, p)),
        ]
    return out


def beside_text(e: Evaluation) -> str:
    if e.beside is None:
        return "No detector, or too few images that it judged."
    rows = [[name, e.beside.images, f"{at:+.3f} ({low:+.3f} to {high:+.3f})" if name == "difference" else with_interval(at, (low, high))]
            for name, (at, low, high) in (
                ("the detector alone", e.beside.alone), ("with all other figures", e.beside.together), ("difference", e.beside.difference))]
    told = (
        "but no threshold of it keeps its promise on other sources, where one of the detector alone does: it is left out" if e.stood_down
        else "it weighs first" if e.beside.won else "it is left out"
    )
    return table(["", "n", "AUC (95 %)"], rows) + (
        "\n\nThe detector's log-odds stacked with one regression over all other layers' figures, judged as above. Better in "
        f"{'at least' if e.beside.won else 'fewer than'} 95 % of resamples of the repositories: {told}."
    )


def off_text(e: Evaluation) -> str:
    nested, off = e.nested, e.off
    base = nested.outer[off.best]
    rows: list[list[object]] = []
    for name, raw in ((f"`{off.best}` alone", base), *((way.name, way.raw) for way in off.ways)):
        ran = nested.mixed & np.isfinite(raw)
        y, s = nested.data.labels[ran], raw[ran]
        bounds = quantiles(resampled_auc(y, s, nested.data.groups[ran], TIMES))
        row: list[object] = [name, len(y), with_interval(auc(y, s), bounds)]
        if name.startswith("`"):
            rows.append([*row, ""])
        else:
            difference, low, high = better_than(nested, raw, base, nested.mixed)
            rows.append([*row, f"{difference:+.3f} ({low:+.3f} to {high:+.3f})"])
    won = better_than(nested, off.ways[off.chosen].raw, base, nested.mixed)[1] > 0
    return table(["", "n", "AUC (95 %)", "over the best single layer, same images (95 %)"], rows) + (
        "\n\nTried in this order; layers and ridges were chosen anew for every fold, without the sources it is judged on, while "
        "the single layer is the best by hindsight on these very images. "
        + (f"Shipped: {off.ways[off.chosen].name}, the first to win by more than chance." if won else
           f"None wins by more than chance, so the simplest is shipped: {off.ways[0].name}.")
    )


def shown_all(t: Thresholds) -> str:
    return (
        f"`ai-generated` {shown(t.ai)}, `likely-ai-generated` {shown(t.likely_ai)}, "
        f"`likely-authentic` {shown(t.likely_authentic)}"
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
    assert e.claims is not None
    rows = []
    for i, claim in enumerate(CLAIMS):
        cells = []
        for value in (1, 0):
            own = e.claims.counts[e.claims.labels == value]
            cells.append(f"{int(own[:, i].sum())} of {int(own.sum())}; {int((own[:, i] > 0).sum())} of {len(own)} repositories")
        rows.append([claim, *cells, f"{e.ratios[claim]:+.2f}"])
    return table(["claim", "AI", "real", "log-likelihood ratio used, before the policy's caps"], rows) + (
        "\n\nFiles as stored of all listed sources, read by the engine's metadata layer (`claims.py`); every repository is one "
        "vote, smoothed by one more in each class that claims all alike. The collection is biased: its camera originals were "
        "sought out, and most of its AI images were stripped by the sites that publish them; so the caps."
    )


def weights_text(e: Evaluation) -> str:
    rows = []
    for s in e.sets:
        weights = ", ".join(f"{n} {w:.3f}" for n, w in s.weights.items())
        rows.append(["+".join(s.key), weights, f"{s.intercept:+.3f}", f"{s.scaling.slope:.3f}", f"{s.scaling.intercept:+.3f}"])
    text = table(["layers that must have run, in order of preference", "weights", "intercept", "slope", "offset"], rows)
    used = {name for s in e.sets for name in s.weights if name not in s.fits}
    for name, model in e.nested.whole.models.items():
        if isinstance(model, LayerModel):
            terms = sorted(zip(model.names, model.platt.slope * model.logistic.weights, strict=True), key=lambda t: -abs(t[1]))
            listed = ", ".join(f"{n} {w:+.3f}" for n, w in terms)
            unused = "" if name in used else ", not used"
            text += f"\n\n`{name}` (ridge {model.ridge:g}{unused}), log-odds a standard deviation: {listed}."
        else:
            text += f"\n\n`{name}`: Platt scaling of the combined logit, a {model.slope:.4f}, b {model.intercept:+.4f} (in the model card)."
    return text


def widths_text(e: Evaluation) -> str:
    w = e.widths
    assert w is not None
    edges = (0, 0.2, 0.4, 0.6, 0.8, 1)
    rows: list[list[object]] = [
        [f"probability {edges[i]:g} to {edges[i + 1]:g}", f"{width:.3f}"] for i, width in enumerate(w.zones)
    ]
    rows += [[f"judged by {'+'.join(key)}", f"{width:.3f}"] for key, width in e.halves.items()]
    rows += [
        [f"small: shorter side below {w.small_side:g} px", f"{w.small:.3f}"],
        [f"recompressed: below {w.low_bits:.2f} bits a pixel", f"{w.recompressed:.3f}"],
        ["pixels only (as delivered in PNG)", f"{w.pixels_only:.3f}"],
        [f"in conflict: at least {w.conflict_from:.2f} log-odds on either side", f"{w.conflict:.3f}"],
    ]
    return table(["condition", "half-width"], rows) + (
        "\n\nHalf-widths are 90th percentiles, over resampled repositories, of the calibration error."
    )
