"""What the tamper layer is worth as a sign of splicing in a whole picture, measured on CASIA 1.0.

    node bench/tamper.mjs DIR/alike --out alike.jsonl
    node bench/tamper.mjs VAL/stored --match .jp --out real.jsonl
    python splices.py alike.jsonl real.jsonl --manifest DIR/manifest.tsv --manifest VAL/manifest.tsv \\
        --into public/models/fusion.json

writes `manipulation` of the fusion's weights alone; `fit.py` writes it with everything else.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass

from pathlib import Path

import numpy as np
from scipy.special import expit

from data import Data, load, read_manifests
from measures import Floats, auc, bootstrap_by_group, interval
from stacking import LayerModel, fit_layer, rounded

# Figures of the tamper layer that speak of places, not of the picture as a whole: how readable the first
# compression is (`sharedMedian`) follows the qualities at which a picture was saved. None depends on the weights
# of the layer's own map, which are fitted on some of the same pictures.
LAYER = "tamper"
LOCAL = ("againstShare", "againstTop", "ghostsTop", "historyTop", "levelTop", "noiseTop")
MOST_FALSE_POSSIBLE = 0.10
LEAST_RATIO_POSSIBLE = 2.0
MOST_FALSE_LIKELY = 0.01
LEAST_FOUND_LIKELY = 0.10
MOST_WRONG_LIKELY = 0.05


@dataclass(frozen=True)
class Splices:
    model: LayerModel | None
    possible: float | None
    likely: float | None
    lines: tuple[str, ...]

    def to_json(self) -> dict[str, object]:
        nothing: dict[str, object] = {"kind": "logistic", "intercept": 0, "terms": []}
        return {
            "formats": ["jpeg"] if self.model else [],
            "fit": self.model.to_json() if self.model else nothing,
            "possible": None if self.possible is None else rounded(self.possible),
            "likely": None if self.likely is None else rounded(self.likely),
        }


def fit_splices(data: Data) -> Splices:
    """Fitted on `alike` pairs; thresholds hold on these and on stored JPEG photographs of `val`.

    Only pictures with a readable first compression: the others are not checked, as their AUC is chance.
    """
    _, raw = data.layer(LAYER, LOCAL)
    _, history = data.layer(LAYER, ("hasHistory",))
    ran = np.isfinite(raw).all(axis=1) & (history[:, 0] == 1)
    casia = np.char.startswith(data.groups, "casia")
    fitted_on = ran & (data.deliveries == "alike")
    if len(np.unique(data.labels[fitted_on])) < 2:
        return Splices(None, None, None, ("No spliced pictures were checked: manipulation is not checked.",))
    y, groups = data.labels[fitted_on], data.groups[fitted_on]
    model, unseen = fit_layer(LOCAL, raw[fitted_on], y, groups)
    score = expit(unseen)
    low, high = interval(lambda rows: auc(y[rows], score[rows]), bootstrap_by_group(y, groups, 500))
    lines = [
        "Fitted and measured on `alike`: the spliced picture as stored, the untouched one saved as its partner was. Only pictures whose first compression can be read.",
        f"- `alike`, out of fold: n {len(y)}, AUC {auc(y, score):.3f} (95 % {low:.3f} to {high:.3f})",
    ]
    corpus = data.included[fitted_on]
    if len(np.unique(y[corpus])) == 2:
        lines.append(f"- of these, pictures of `../shared/corpus/splice`: n {corpus.sum()}, AUC {auc(y[corpus], score[corpus]):.3f}")
    whole = expit(model(raw))
    for delivery, remark in (("resaved", "both saved once more at one quality"), ("stored", "quality differs by class")):
        chosen = ran & casia & (data.deliveries == delivery)
        if len(np.unique(data.labels[chosen])) == 2:
            figure = auc(data.labels[chosen], whole[chosen])
            lines.append(f"- `{delivery}` ({remark}), by the final fit: n {chosen.sum()}, AUC {figure:.3f}")
    photographs = ran & ~casia & (data.deliveries == "stored") & (data.labels == 0) & (data.formats == "jpeg")
    untouched = {"untouched CASIA": score[y == 0], "real JPEG of val, stored": whole[photographs]}
    spliced = score[y == 1]

    def beyond(share: float) -> float:
        return max(float(np.quantile(values, 1 - share, method="higher")) for values in untouched.values() if len(values))

    def alarms(threshold: float) -> float:
        return max(float((values >= threshold).mean()) for values in untouched.values() if len(values))

    weak = np.nextafter(beyond(MOST_FALSE_POSSIBLE), 1)
    earned = low > 0.5 and float((spliced >= weak).mean()) >= LEAST_RATIO_POSSIBLE * alarms(weak)
    possible = weak if earned else None
    candidate = np.nextafter(beyond(MOST_FALSE_LIKELY), 1)
    found = float((spliced >= candidate).mean())
    false = (float((untouched["untouched CASIA"] >= candidate).sum()) + 1) / (int((y == 0).sum()) + 1)
    deserved = low > 0.5 and found >= LEAST_FOUND_LIKELY and false <= MOST_WRONG_LIKELY * (false + found)
    likely = candidate if deserved else None
    for name, threshold, given in (("possible", weak, possible), ("likely", candidate, likely)):
        rates = [f"{k} {float((v >= threshold).mean()):.3f} (n {len(v)})" for k, v in untouched.items() if len(v)]
        word = "" if given is not None else " (NOT given: it did not earn it)"
        lines.append(f"- `{name}`{word} from {threshold:.3f}: false alarms {', '.join(rates)}; spliced found {float((spliced >= threshold).mean()):.3f} (n {len(spliced)})")
    return Splices(model, None if possible is None else float(possible), None if likely is None else float(likely), tuple(lines))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("features", type=Path, nargs="+")
    parser.add_argument("--manifest", type=Path, action="append", required=True)
    parser.add_argument("--into", type=Path, help="fusion weights whose `manipulation` is replaced")
    arguments = parser.parse_args()
    manifest, _ = read_manifests(arguments.manifest)
    data, left_out = load(arguments.features, manifest)
    splices = fit_splices(data)
    print("\n".join(splices.lines))
    print("left out:", left_out)
    if arguments.into:
        config = json.loads(arguments.into.read_text())
        config["manipulation"] = splices.to_json()
        arguments.into.write_text(json.dumps(config, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
