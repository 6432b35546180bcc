"""Fits every weight, threshold and width of the verdict, and the calibration of the model card.

    npm run check -- DIR/mixed DIR/stored DIR/web DIR/hard --json val.jsonl --features
    python fit.py val.jsonl ... --manifest DIR/manifest.tsv [--manifest ...] \\
        --out public/models/fusion.json --card public/models/model.json --results training/fusion/results.md

Nothing in the outputs is typed by hand but the policy constants in `fusing.py`. The method is told in
`src/forensics/fusion/README.md`.
"""

from __future__ import annotations

import argparse
import datetime
import hashlib
import json
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

from data import Data, load, read_manifests
from deciding import (
    ZONES, Widths, band, cross_fitted_verdicts, fit_thresholds, measure_widths, opposition, verdicts,
)
from fusing import (
    CAMERA_CAP, WEAK_CAP, Fusion, Unseen, as_shipped, earning_layers, fit_fusion, leave_sources_out,
    log_ratios, set_json, worthwhile_layers,
)
from measures import Floats
from results import Evaluation, write_results
from splices import fit_splices
from stacking import LayerModel, Platt, rounded


def chosen_sets(data: Data, unseen: Unseen) -> list[tuple[str, ...]]:
    """The set of layers that the engine would weigh, row by row."""
    out: list[tuple[str, ...]] = [()] * len(data)
    for key in sorted(unseen.sets, key=len):
        for row in np.flatnonzero(np.isfinite(unseen.sets[key])):
            out[row] = key
    return out


def contributions(unseen: Unseen, sets: list[tuple[str, ...]], fusion: Fusion, scaling: dict[tuple[str, ...], Platt]) -> dict[str, Floats]:
    """Each pixel layer's part in the fused log-odds, by the final weights."""
    weights = {s.layers: dict(zip(s.layers, s.stack.weights, strict=True)) for s in fusion.sets}
    out = {name: np.zeros(len(sets)) for name in fusion.layers}
    for row, key in enumerate(sets):
        for name in key:
            out[name][row] = scaling[key].slope * weights[key][name] * unseen.layers[name][row]
    return out


def own_range(values: Floats) -> dict[str, object]:
    low, high = np.nanquantile(values, [0.005, 0.995])
    return {"kind": "own", "low": rounded(low), "high": rounded(high)}


def layers_json(fusion: Fusion, mixed: Data, ratios: dict[str, float]) -> dict[str, object]:
    out: dict[str, object] = {}
    for name, model in fusion.layers.items():
        if isinstance(model, LayerModel):
            out[name] = model.to_json()
        else:
            out[name] = own_range(fusion.log_odds(mixed)[name])
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


def write_card(path: Path, platt: Platt, n: int, today: str) -> None:
    """Sets the card's calibration and leaves the rest as it stands."""
    card = json.loads(path.read_text())
    card["calibration"] = {
        "kind": "platt", "a": rounded(platt.slope), "b": rounded(platt.intercept),
        "fittedOn": "val, matched deliveries", "images": n, "date": today,
    }
    path.write_text(json.dumps(card, indent=2, ensure_ascii=False) + "\n")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("features", type=Path, nargs="+")
    parser.add_argument("--manifest", type=Path, action="append", required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--card", type=Path, help="model card whose calibration is set")
    parser.add_argument("--results", type=Path)
    arguments = parser.parse_args()
    today = datetime.date.today().isoformat()

    manifest, digest = read_manifests(arguments.manifest)
    everything, left_out = load(arguments.features, manifest)
    print(f"{len(everything)} images joined; left out: {left_out}", file=sys.stderr)
    tampered = np.char.startswith(everything.groups, "casia")
    data = everything.where(~tampered)
    mixed = data.where(data.deliveries == "mixed")
    stored = data.where(data.deliveries == "stored")

    alone, _ = leave_sources_out(data)
    earning = worthwhile_layers(data, earning_layers(data, alone))
    unseen, scaling = leave_sources_out(data, earning)
    every = replace(unseen, layers=alone.layers)
    # The card's calibration is the detector's, whether it earned a say or not.
    whole = fit_fusion(mixed, earning | {"model"})
    fusion = Fusion(
        {name: model for name, model in whole.layers.items() if name in earning},
        tuple(s for s in whole.sets if earning.issuperset(s.layers)),
    )
    sets = chosen_sets(data, unseen)
    conflicts = opposition(unseen, contributions(unseen, sets, fusion, scaling))
    widths = measure_widths(data, unseen, conflicts)
    half = band(widths, data, unseen, conflicts, sets)
    ratios = log_ratios(stored.claims, stored.labels, stored.groups)
    shipped = as_shipped(data, fusion, scaling, ratios, unseen)
    thresholds = fit_thresholds(data.labels, unseen.probabilities, half, data.claims)
    splices = fit_splices(everything)

    versions = sorted(data.model_versions)
    config = {
        "schema": 1,
        "fitted": {
            "date": today,
            "command": "python fit.py " + " ".join(path.name for path in arguments.features),
            "manifestSha256": digest,
            "images": len(everything),
            "deliveries": sorted(set(everything.deliveries.tolist())),
            "modelVersion": versions[0] if len(versions) == 1 else None,
        },
        "layers": layers_json(fusion, mixed, ratios),
        "sets": [
            {"layers": [], "intercept": 0, "weights": {}, "calibration": {"slope": 1, "intercept": 0}, "halfWidth": 0.5},
            *(set_json(s, scaling[s.layers], widths.sets[s.layers]) for s in fusion.sets),
        ],
        "uncertainty": widths_json(widths),
        "verdicts": thresholds.to_json(),
        "manipulation": splices.to_json(),
        "policy": {"cameraCap": rounded(CAMERA_CAP), "weakCap": rounded(WEAK_CAP)},
    }
    text = json.dumps(config, indent=2) + "\n"
    arguments.out.write_text(text)
    platt = whole.layers.get("model")
    if arguments.card and isinstance(platt, Platt):
        write_card(arguments.card, platt, len(mixed), today)
    if arguments.results:
        evaluation = Evaluation(
            data=data, every=every, earning=earning, unseen=unseen, half=half, conflicts=conflicts, widths=widths, thresholds=thresholds,
            fitted=verdicts(unseen.probabilities, half, unseen.pixels, data.claims, thresholds),
            crossed=cross_fitted_verdicts(data, unseen, half),
            ratios=ratios, shipped=shipped,
            shipped_thresholds=fit_thresholds(data.labels, shipped.probabilities, half, data.claims),
            whole=whole, fusion=fusion, scaling=scaling, splices=splices, left_out=left_out, command=config["fitted"]["command"],
            date=today, manifest=digest, config=hashlib.sha256(text.encode()).hexdigest(), versions=versions,
        )
        arguments.results.write_text(write_results(evaluation))
    return 0


if __name__ == "__main__":
    sys.exit(main())
