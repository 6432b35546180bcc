"""Fits every weight, threshold and width of the verdict, and the calibration of the model card.

    npm run check -- DIR --json features.jsonl --features
    python fit.py features.jsonl ... --manifest DIR/manifest.tsv [--manifest ...] --claims claims.tsv \\
        [--detector rescored.jsonl] [--out-of-fold scores.jsonl] --out public/models/fusion.json --card public/models/model.json --results results.md

Nothing in the outputs is typed by hand but the policy constants of `claims.py`. `manipulation` is `splices.py`'s and
stays as it stands in the file. The method is told in `src/forensics/fusion/README.md`.
"""

from __future__ import annotations

import argparse
import datetime
import hashlib
import json
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from beside import with_figures
from claims import CAMERA_CAP, WEAK_CAP, Claims, capped, log_ratios, read_claims
from data import Data, load, read_manifests, read_scores
from deciding import ZONES, Widths, keep_promises, judge, measure_widths, set_widths
from fusing import Key, Unseen, choose_layers, leave_sources_out, set_json
from layers import MODEL, Nested, nest
from measures import Floats
from modeloff import without_model
from results import Evaluation, State, write_results
from scales import on_one_scale
from stacking import LayerModel, Platt, rounded

SILENT = {"aiGenerated": None, "likelyAiGenerated": None, "likelyAuthentic": None}
EMPTY_SET = {
    "layers": [], "intercept": 0, "weights": {}, "calibration": {"slope": 1, "intercept": 0}, "halfWidth": 0.5,
    "verdicts": SILENT,
}


def claim_evidence(nested: Nested, claims: Claims) -> Floats:
    """What each file's own claim adds, by ratios counted without the repositories of its fold."""
    out = np.zeros(len(nested.data))
    for fold in np.unique(nested.folds):
        test = nested.folds == fold
        ratios = capped(log_ratios(claims.without(nested.data.repos[test])))
        out[test] = [ratios[claim] for claim in nested.data.claims[test]]
    return out


def own_range(values: Floats) -> dict[str, object]:
    low, high = np.nanquantile(values, [0.005, 0.995])
    return {"kind": "own", "low": rounded(low), "high": rounded(high)}


def layers_json(nested: Nested, used: set[str], ratios: dict[str, float]) -> dict[str, object]:
    mixed = nested.data.where(nested.mixed)
    out: dict[str, object] = {}
    for name in sorted(used):
        model = nested.whole.models[name]
        if isinstance(model, LayerModel):
            out[name] = model.to_json()
        else:
            out[name] = own_range(nested.whole.log_odds(mixed)[name])
    out["metadata"] = {"kind": "claims", "logRatios": {claim: rounded(value) for claim, value in ratios.items()}}
    return out


def widths_json(widths: Widths) -> dict[str, object]:
    edges = [*ZONES.tolist(), 1]
    return {
        "zones": [{"upTo": e, "halfWidth": rounded(w)} for e, w in zip(edges, widths.zones, strict=True)],
        "small": {"shorterSide": widths.small_side, "halfWidth": rounded(widths.small)},
        "recompressed": {"bitsPerPixel": rounded(widths.low_bits), "halfWidth": rounded(widths.recompressed)},
        "pixelsOnly": {"halfWidth": rounded(widths.pixels_only)},
        "conflict": {"logOdds": rounded(widths.conflict_from), "halfWidth": rounded(widths.conflict)},
    }


def write_card(path: Path, platt: Platt, data: Data, today: str) -> None:
    """Sets the card's calibration and leaves the rest as it stands."""
    card = json.loads(path.read_text())
    judged = (data.deliveries == "mixed") & np.array([MODEL in features for features in data.features])
    card["calibration"] = {
        "kind": "platt", "a": rounded(platt.slope), "b": rounded(platt.intercept),
        "fittedOn": f"{' and '.join(sorted(set(data.splits[judged].tolist())))}, matched deliveries", "images": int(judged.sum()), "date": today,
    }
    path.write_text(json.dumps(card, indent=2, ensure_ascii=False) + "\n")


def sets_in_order(nested: Nested) -> tuple[list[Unseen], Evaluation]:
    """Sets as the engine prefers them, and the page's figures so far."""
    chosen = choose_layers(nested)
    off = without_model(nested)
    together = off.ways[off.chosen].unseen
    keys = [key for key in chosen.keys() if together is None or MODEL in key or len(key) == 1]
    found = [unseen for key in keys if (unseen := leave_sources_out(nested, key))]
    with_model = [unseen for unseen in found if MODEL in unseen.key]
    beside = with_figures(nested) if with_model else None
    if beside and beside.won:
        with_model = [beside.unseen, *with_model]
    without = [unseen for unseen in found if MODEL not in unseen.key]
    if together is not None:
        # It needs nearly every layer: where one is missing, the surest of those that can speak alone does.
        alone = {unseen.key: unseen for unseen in without if len(unseen.key) == 1}
        without = [together, *(alone[name,] for name in chosen.earning if (name,) in alone)]
    return [*with_model, *without], Evaluation(nested=nested, chosen=chosen, off=off, beside=beside)


@dataclass(frozen=True)
class Weighed:
    """What sets in an order come to: widths, and thresholds with their promises, with the detector and without."""

    sets: list[Unseen]
    ran: NDArray[np.bool_]
    """Where the detector judged and a set counts it."""
    widths: Widths
    halves: dict[Key, float]
    states: dict[str, State]

    @staticmethod
    def of(nested: Nested, sets: list[Unseen], evidence: Floats) -> Weighed:
        data = nested.data
        ran = np.isfinite(nested.outer[MODEL]) if any(MODEL in unseen.key for unseen in sets) else np.zeros(len(data), dtype=bool)
        anything = np.ones(len(data), dtype=bool)
        without = [unseen for unseen in sets if MODEL not in unseen.key]
        judged = {
            "with the detector": (judge(data, nested.folds, sets, evidence, ran), sets, ran),
            "without the detector": (judge(data, nested.folds, without, evidence, anything), without, anything),
        }
        widths = measure_widths(judged["with the detector" if ran.any() else "without the detector"][0])
        halves = {key: width for one, _, _ in judged.values() for key, width in set_widths(one).items()}
        states = {
            name: State(one, keep_promises(data, nested.folds, own, evidence, rows, widths, halves))
            for name, (one, own, rows) in judged.items()
            if rows.any()
        }
        return Weighed(sets, ran, widths, halves, states)

    def answers_first(self) -> bool:
        """False where the first set keeps no promise to call a picture AI, and the second, of fewer layers, does."""
        by_set = self.states["with the detector"].promises.by_set
        first, second = (by_set[unseen.key].likely_ai for unseen in self.sets[:2])
        return first is not None or second is None


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("features", type=Path, nargs="+")
    parser.add_argument("--manifest", type=Path, action="append", required=True)
    parser.add_argument("--claims", type=Path, required=True, help="what claims.py counted")
    parser.add_argument("--detector", type=Path, action="append", default=[], help="figures of another detector than the one measured with (rescore.py)")
    parser.add_argument("--out-of-fold", type=Path, action="append", default=[], help="the detector's figures for pictures of `train`, by networks that never saw their repository")
    parser.add_argument("--out", type=Path, required=True, help="fusion weights; `manipulation` is kept as it stands there")
    parser.add_argument("--card", type=Path, help="model card whose calibration is set")
    parser.add_argument("--results", type=Path)
    arguments = parser.parse_args()
    today = datetime.date.today().isoformat()

    if not arguments.out.exists():
        raise SystemExit(f"{arguments.out}: is to hold `manipulation`, which splices.py fits.")
    manipulation = json.loads(arguments.out.read_text())["manipulation"]
    manifest, digest = read_manifests(arguments.manifest)
    everything, left_out = load(
        arguments.features, manifest, read_scores(arguments.detector), read_scores(arguments.out_of_fold)
    )
    print(f"{len(everything)} images joined; left out: {left_out}", file=sys.stderr)
    data = on_one_scale(everything.where(~np.char.startswith(everything.groups, "casia")))
    claims = read_claims(arguments.claims)
    ratios = log_ratios(claims)

    nested = nest(data)
    sets, evaluation = sets_in_order(nested)
    evidence = claim_evidence(nested, claims)
    weighed = Weighed.of(nested, sets, evidence)
    if evaluation.beside and evaluation.beside.won and not weighed.answers_first():
        # What ranks better and then may say nothing is worth less to people than what may.
        sets, evaluation = sets[1:], replace(evaluation, stood_down=True)
        weighed = Weighed.of(nested, sets, evidence)
    ran, widths, halves, states = weighed.ran, weighed.widths, weighed.halves, weighed.states
    without = [unseen for unseen in sets if MODEL not in unseen.key]
    promises = {unseen.key: states["without the detector"].promises.by_set.get(unseen.key) for unseen in without}
    if ran.any():
        promises |= states["with the detector"].promises.by_set

    versions = sorted(data.model_versions)
    config = {
        "schema": 2,
        "fitted": {
            "date": today,
            "command": "python fit.py " + " ".join(path.name for path in arguments.features),
            "manifestSha256": digest,
            "images": len(data),
            "deliveries": sorted(set(data.deliveries.tolist())),
            "modelVersion": versions[0] if len(versions) == 1 else None,
        },
        "layers": layers_json(nested, {name for unseen in sets for name in unseen.weights if name not in unseen.fits}, ratios),
        "sets": [
            *(set_json(unseen, halves[unseen.key], promises[unseen.key].to_json()) for unseen in sets),
            EMPTY_SET,
        ],
        "uncertainty": widths_json(widths),
        "manipulation": manipulation,
        "policy": {"cameraCap": rounded(CAMERA_CAP), "weakCap": rounded(WEAK_CAP)},
    }
    text = json.dumps(config, indent=2) + "\n"
    arguments.out.write_text(text)
    platt = nested.whole.models.get(MODEL)
    if arguments.card and isinstance(platt, Platt):
        write_card(arguments.card, platt, data, today)
    if arguments.results:
        before = arguments.results.read_text() if arguments.results.exists() else ""
        page = write_results(replace(
            evaluation, sets=sets, states=states, widths=widths, halves=halves, claims=claims, ratios=ratios,
            left_out=left_out, command=config["fitted"]["command"], date=today, manifest=digest,
            config=hashlib.sha256(text.encode()).hexdigest(), versions=versions,
        ), before)
        arguments.results.write_text(page)
    return 0


if __name__ == "__main__":
    sys.exit(main())
