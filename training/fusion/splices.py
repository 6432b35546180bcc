"""What error level analysis is worth as a sign of splicing, measured on CASIA 1.0."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from data import Data
from measures import Floats, auc, bootstrap_by_group, interval
from stacking import LayerModel, fit_layer, rounded

# Figures of error level analysis that speak of places, not of the picture as a whole: the whole picture's
# errors follow its JPEG quality.
LOCAL = ("blockSpread", "outlierShare", "regionContrast", "regionCount", "regionShare", "strongestCell")
MOST_FALSE_POSSIBLE = 0.10
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
    """Fitted on `resaved` pairs; thresholds hold on these, on the stored pairs and on stored JPEG photographs."""
    _, raw = data.layer("ela", LOCAL)
    ran = np.isfinite(raw).all(axis=1)
    fitted_on = ran & (data.deliveries == "resaved")
    if len(np.unique(data.labels[fitted_on])) < 2:
        return Splices(None, None, None, ("No spliced pictures were checked: manipulation is not checked.",))
    y, groups = data.labels[fitted_on], data.groups[fitted_on]
    model, unseen = fit_layer(LOCAL, raw[fitted_on], y, groups)
    score = expit(unseen)
    samples = bootstrap_by_group(y, groups, 500)
    low, high = interval(lambda rows: auc(y[rows], score[rows]), samples)
    lines = [
        f"- `resaved`, out of fold: n {len(y)}, AUC {auc(y, score):.3f} (95 % {low:.3f} to {high:.3f})",
    ]

    casia = np.char.startswith(data.groups, "casia")
    stored = ran & casia & (data.deliveries == "stored")
    photographs = ran & ~casia & (data.deliveries == "stored") & (data.labels == 0) & (data.formats == "jpeg")
    whole = expit(model(raw))
    untouched = {
        "untouched CASIA, resaved": score[y == 0],
        "untouched CASIA, stored": whole[stored & (data.labels == 0)],
        "real JPEG of val, stored": whole[photographs],
    }
    spliced = {"resaved": score[y == 1], "stored": whole[stored & (data.labels == 1)]}
    if stored.any():
        lines.append(f"- `stored` (quality differs by class), the corpus slice, in sample as to its pictures: "
                     f"n {stored.sum()}, AUC {auc(data.labels[stored], whole[stored]):.3f}")

    def beyond(share: float) -> float:
        return max(float(np.quantile(values, 1 - share, method="higher")) for values in untouched.values() if len(values))

    possible = np.nextafter(beyond(MOST_FALSE_POSSIBLE), 1) if low > 0.5 else None
    candidate = np.nextafter(beyond(MOST_FALSE_LIKELY), 1)
    found = float((spliced["resaved"] >= candidate).mean())
    false = (float((untouched["untouched CASIA, resaved"] >= candidate).sum()) + 1) / (int((y == 0).sum()) + 1)
    deserved = low > 0.5 and found >= LEAST_FOUND_LIKELY and false <= MOST_WRONG_LIKELY * (false + found)
    likely = candidate if deserved else None
    for name, threshold in (("possible", possible), ("likely", likely if likely is not None else candidate)):
        if threshold is None:
            lines.append(f"- `{name}` is never given: the AUC is not safely above one half.")
            continue
        rates = [f"{k} {float((v >= threshold).mean()):.3f} (n {len(v)})" for k, v in untouched.items() if len(v)]
        finds = [f"{k} {float((v >= threshold).mean()):.3f} (n {len(v)})" for k, v in spliced.items() if len(v)]
        given = "" if name == "possible" or likely is not None else " (NOT given: it did not earn it)"
        lines.append(f"- `{name}`{given} from {threshold:.3f}: false alarms {', '.join(rates)}; spliced found: {', '.join(finds)}")
    return Splices(model, None if possible is None else float(possible), None if likely is None else float(likely), tuple(lines))
