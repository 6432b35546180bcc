"""What every layer is worth by itself, written into its README.

    python power.py val.jsonl ... --manifest DIR/manifest.tsv --layers src/forensics/layers

Each layer's figures become one calibrated score (`stacking.py`), fitted on `mixed` without the repositories that
it is judged on. The area under the ROC curve is given by delivery, with a 95 % interval that draws whole
repositories: 0.5 is a coin, 1 is always right. Between `<!-- power:start -->` and `<!-- power:end -->` of a
README the old table is replaced.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np

from data import LEARNED_ON_TRAIN, Data, load, read_manifests, read_scores
from layers import STATING_LAYERS, measured, nest
from measures import Floats, auc, quantiles, resampled_auc
from pages import part_of, replaced
from results import table, with_interval
from scales import on_one_scale

PART = "power"
NAMES = {
    "mixed": "delivered at random, both classes alike",
    "stored": "as stored (format and quality differ by class: flatters)",
    "web": "web (shorter side <= 768 px, JPEG 60)",
    "hard": "hard (shorter side <= 512 px, JPEG 40)",
}
TIMES = 1000


def power_of(name: str, data: Data, scores: np.ndarray, delivery: str) -> list[str]:
    """AI images, real images, on how many it was asked and did not run, AUC with its interval.

    It was not asked about what the detector alone judged (`rescore.py`), nor about pictures that it learned on.
    """
    there = data.deliveries == delivery
    ran = there & np.isfinite(scores)
    asked = measured(data) & ~((data.splits == "train") & (name in LEARNED_ON_TRAIN))
    labels, groups = data.labels[ran], data.groups[ran]
    counts = [str(int((labels == value).sum())) for value in (1, 0)]
    missing = str(int((there & asked & ~ran).sum()))
    if len(np.unique(labels)) < 2 or len(labels) < 50:
        return [*counts, missing, "too few"]
    bounds = quantiles(resampled_auc(labels, scores[ran], groups, TIMES))
    return [*counts, missing, with_interval(auc(labels, scores[ran]), bounds)]


def text_for(name: str, data: Data, unseen: dict[str, Floats]) -> str:
    scores = unseen.get(name)
    if scores is None:
        reason = "speaks by statements and marks in the file, not by a score" if name in STATING_LAYERS else (
            "ran on too few images, or gives no figures, to be judged alone"
        )
        return f"Not measured as a score: it {reason}."
    rows = [[words, *power_of(name, data, scores, key)] for key, words in NAMES.items()]
    version = ", ".join(sorted(data.model_versions)) if name == "model" else ""
    splits = " and ".join(f"`{split}`" for split in sorted(set(data.splits.tolist())))
    note = f" Model: {version}." if version else ""
    return "\n".join([
        f"Written by `npm run bench:layers`; images of {splits}, judged by weights that had not seen their repository." + note,
        "",
        table(["delivery", "AI", "real", "did not run", "AUC alone (95 %)"], rows),
    ])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("features", type=Path, nargs="+")
    parser.add_argument("--manifest", type=Path, action="append", required=True)
    parser.add_argument("--detector", type=Path, action="append", default=[], help="as for fit.py")
    parser.add_argument("--out-of-fold", type=Path, action="append", default=[], help="as for fit.py")
    parser.add_argument("--layers", type=Path, required=True)
    arguments = parser.parse_args()
    manifest, _ = read_manifests(arguments.manifest)
    everything, left_out = load(
        arguments.features, manifest, read_scores(arguments.detector), read_scores(arguments.out_of_fold)
    )
    data = on_one_scale(everything.where(~np.char.startswith(everything.groups, "casia")))
    print(f"{len(data)} images; left out: {left_out}", file=sys.stderr)
    unseen = nest(data).outer
    for folder in sorted(path.parent for path in arguments.layers.glob("*/README.md")):
        text = text_for(folder.name, data, unseen)
        print(f"\n{folder.name}\n{text}")
        readme = folder / "README.md"
        content = readme.read_text()
        if part_of(content, PART) is not None:
            readme.write_text(replaced(content, PART, text))
        else:
            print(f"{readme} has no place for it", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
