"""Two halves of the sources, for networks that are judged on repositories they never saw.

    python folds.py --list train.tsv.gz sources/ai.tsv sources/real.tsv --out sources/folds.tsv [--keep sources/folds.tsv --seen REPOS]

`--keep` leaves every repository where it is and deals the others around them, but for those that `--seen` names, one a
line: pictures that both halves' networks were taught, which can judge neither.

A repository is wholly in one half: its pictures share hands, prompts and scenes. Kinds with several repositories
are in both halves, and so are families of generators with several, so that each half can learn what the other is
asked: when both sources of GAN faces lay in one half, the other found none. The halves follow from the lists alone; no score has
a say in them.

Such a pair is parted without teaching both halves anew by giving each of the two repositories a part of its own (2, 3 ...)
with `--keep`: the networks that left out the half and both are taught further on the half's other side and one of the
two (`train.py --leave-out 0 2`), and judge the other (`evaluate.py --half 2`).
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections import Counter, defaultdict
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent / "fusion"))

from sources import Listed, read_list  # noqa: E402

from families import family_of  # noqa: E402

FOLDS = 2


def halves(rows: list[Listed], kept: dict[str, int] | None = None) -> dict[str, int]:
    """Repository to half, `kept` ones as they are. The largest repositories first, each where its kind, then its family, then its class, has fewer pictures."""
    kinds: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    for row in rows:
        kinds[row.repo][row.label, row.kind] += 1
    weight: Counter[tuple[int, str, str | int]] = Counter()
    kept = kept or {}
    found: dict[str, int] = {}
    for repo in sorted(kinds, key=lambda name: (name not in kept, -kinds[name].total(), name)):
        (label, kind), _ = kinds[repo].most_common(1)[0]

        def load(half: int, label: str = label, kind: str = kind) -> tuple[float, float, float, int]:
            family = family_of(label, kind)
            return weight[half, label, kind], weight[half, label, family], weight[half, label, ""], half

        found[repo] = kept[repo] if repo in kept else min(range(FOLDS), key=load)
        for (label, kind), count in kinds[repo].items():
            # Square roots, as training draws a source by the root of its size.
            weight[found[repo], label, kind] += count**0.5
            weight[found[repo], label, family_of(label, kind)] += count**0.5
            weight[found[repo], label, ""] += count**0.5
    return found


def read_folds(path: Path) -> dict[str, int]:
    """Repository to half, as `main` wrote it."""
    with path.open(encoding="utf-8", newline="") as file:
        return {row["repo"]: int(row["half"]) for row in csv.DictReader(file, delimiter="\t")}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--list", type=Path, required=True, nargs="+")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--keep", type=Path, help="halves dealt before")
    parser.add_argument("--seen", type=Path, help="repositories in neither half")
    options = parser.parse_args()
    seen = set(options.seen.read_text().split()) if options.seen else set()
    rows = [row for file in options.list for row in read_list(file, "train") if row.repo not in seen]
    found = halves(rows, read_folds(options.keep) if options.keep else None)
    with options.out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter="\t", lineterminator="\n")
        writer.writerow(["repo", "half"])
        writer.writerows(sorted(found.items()))
    counts = Counter((found[row.repo], row.label) for row in rows)
    kinds = Counter((found[row.repo], row.label, row.kind) for row in rows)
    print(counts)
    for key, count in sorted(kinds.items()):
        print(*key, count)


if __name__ == "__main__":
    main()
