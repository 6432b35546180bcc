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
LOCAL = ("outlierShare", "regionContrast", "regionCount", "regionShare", "strongestCell")
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
    """Fitted on `alike` pairs; thresholds hold on these and on stored JPEG photographs of `val`."""
    _, raw = data.layer("ela", LOCAL)
    ran = np.isfinite(raw).all(axis=1)
    casia = np.char.startswith(data.groups, "casia")
    fitted_on = ran & (data.deliveries == "alike")
    if len(np.unique(data.labels[fitted_on])) < 2:
        return Splices(None, None, None, ("No spliced pictures were checked: manipulation is not checked.",))
    y, groups = data.labels[fitted_on], data.groups[fitted_on]
    model, unseen = fit_layer(LOCAL, raw[fitted_on], y, groups)
    score = expit(unseen)
    low, high = interval(lambda rows: auc(y[rows], score[rows]), bootstrap_by_group(y, groups, 500))
    lines = [
        "Fitted and measured on `alike`: the spliced picture as stored, the untouched one saved as its partner was.",
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
