"""Writes the images that the fusion is fitted on: `val` or `train`, balanced, in four deliveries.

    python prepare.py --list train.tsv.gz --mirrors DIR --out DIR [--reserved reserved.sha256]

| delivery | what                                                                  | used for              |
|----------|-----------------------------------------------------------------------|-----------------------|
| mixed    | one random delivery per image, the same for a pair of one AI, one not  | all pixel weights     |
| stored   | the file's own bytes                                                   | metadata, evaluation  |
| web      | shorter side <= 768, JPEG 60                                           | evaluation            |
| hard     | shorter side <= 512, JPEG 40                                           | evaluation            |
| again    | with `--real`: stored JPEG saved once more, size kept                  | false alarms          |

`--split tamper` writes pairs of a spliced and an untouched photograph instead (`tampered.py`). In that collection
(CASIA 1.0) the stored quality alone parts the two, so besides `stored` there are `alike`, the spliced one as stored
and the untouched one saved once more exactly as its partner was, and `resaved`, both of `alike` once more at one quality.

Files land in `OUT/<delivery>/<shard>/` and are named by source, never by class alone; what each is
stands in `OUT/manifest.tsv`. Nothing of this may be committed: the pictures are other people's.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import io
import random
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from PIL import Image

from delivery import HARD, WEB, Encoding, Recipe, deliver, matched_recipe
from sources import Listed, Reader, is_reserved, read_list, read_reserved
from tampered import as_tampered, scene_groups, scene_pairs, write_tampered

SHARD = 200
# Qualities at which programs save a picture that was opened and changed, or left as it was.
AGAIN = (60, 98)
EXTENSION = {"JPEG": "jpg", "WEBP": "webp", "PNG": "png", "jpeg": "jpg"}
FIELDS = [
    "file", "split", "delivery", "label", "kind", "repo", "group", "style", "source_sha256", "sha256",
    "included", "pair", "shorter", "kernel", "format", "quality", "times",
    "width", "height", "bytes",
]


def at_most(rows: list[Listed], count: int) -> list[Listed]:
    """The rows in their order, of each kind the first `count`."""
    taken = Counter[str]()
    out = []
    for row in rows:
        if taken[row.kind] < count:
            taken[row.kind] += 1
            out.append(row)
    return out


def balanced(rows: list[Listed], count: int, seed: str) -> list[Listed]:
    """Up to `count` rows, as evenly over repositories, then over kinds inside each, as they allow."""
    dice = random.Random(seed)
    queues: dict[str, list[Listed]] = {}
    for repo in sorted({row.repo for row in rows}):
        own = [row for row in rows if row.repo == repo]
        dice.shuffle(own)
        by_kind: dict[str, list[Listed]] = {}
        for row in own:
            by_kind.setdefault(row.kind, []).append(row)
        queues[repo] = round_robin(by_kind)
    return round_robin(queues)[:count]


def round_robin(queues: dict[str, list[Listed]]) -> list[Listed]:
    turns = [list(queue) for queue in queues.values()]
    out: list[Listed] = []
    for i in range(max((len(queue) for queue in turns), default=0)):
        out.extend(queue[i] for queue in turns if i < len(queue))
    return out


def pairs(ai: list[Listed], real: list[Listed], seed: str) -> list[tuple[Listed, Listed]]:
    """One of each class, neighbours in size, in random order: the smaller of two sets the size of both."""
    count = min(len(ai), len(real))
    by_size = [sorted(rows[:count], key=lambda row: (row.shorter, row.sha256)) for rows in (ai, real)]
    out = list(zip(*by_size, strict=True))
    random.Random(seed).shuffle(out)
    return out


def size_of(content: bytes) -> tuple[int, int]:
    """Width and height in pixels, from the header alone."""
    with Image.open(io.BytesIO(content)) as image:
        return image.size


class Writer:
    """Writes deliveries into shards and a line each into the manifest."""

    def __init__(self, out: Path, included: frozenset[str], groups: dict[str, str]) -> None:
        """`groups`: by SHA-256, what must stay on one side of every split; the repository where it names none."""
        self.included = included
        self.groups = groups
        self.out = out
        self.counts: dict[str, int] = {}
        self.failed: dict[str, int] = {}
        out.mkdir(parents=True, exist_ok=True)
        self.file = (out / "manifest.tsv").open("w", encoding="utf-8", newline="")
        self.table = csv.DictWriter(self.file, FIELDS, delimiter="\t", lineterminator="\n")
        self.table.writeheader()

    def write(self, delivery: str, row: Listed, content: bytes, recipe: Recipe | None, pair: int | None = None) -> None:
        index = self.counts.get(delivery, 0)
        self.counts[delivery] = index + 1
        extension = EXTENSION.get(recipe.last.format if recipe else row.format, row.format)
        name = f"{delivery}/{index // SHARD:02d}/{row.repo.replace('/', '+')}__{row.sha256[:12]}.{extension}"
        target = self.out / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        width, height = size_of(content)
        self.table.writerow({
            "file": name, "split": row.split, "delivery": delivery, "label": row.label, "kind": row.kind, "repo": row.repo,
            "group": self.groups.get(row.sha256, row.repo), "style": row.style, "source_sha256": row.sha256, "sha256": hashlib.sha256(content).hexdigest(),
            "included": int(row.sha256 in self.included), "pair": "" if pair is None else pair,
            "shorter": min(recipe.shorter, row.shorter) if recipe else row.shorter,
            "kernel": recipe.kernel if recipe else "",
            "format": recipe.last.format if recipe else row.format,
            "quality": recipe.last.quality if recipe else "",
            "times": len(recipe.encodings) if recipe else 0,
            "width": width, "height": height, "bytes": len(content),
        })

    def deliver(self, delivery: str, row: Listed, content: bytes, recipe: Recipe) -> bytes | None:
        try:
            return deliver(content, recipe)
        except (OSError, ValueError, Image.DecompressionBombError) as error:
            self.failed[type(error).__name__] = self.failed.get(type(error).__name__, 0) + 1
            return None

    def close(self) -> None:
        self.file.close()


def write_mixed(writer: Writer, matched: list[tuple[Listed, Listed]], contents: dict[str, bytes], seed: str) -> None:
    """Both of a pair or neither: one alone would unbalance the deliveries."""
    for number, couple in enumerate(matched):
        recipe = matched_recipe(tuple(row.shorter for row in couple), f"{seed}-{number}")
        done = [writer.deliver("mixed", row, contents[row.sha256], recipe) for row in couple]
        if any(content is None for content in done):
            continue
        for row, content in zip(couple, done, strict=True):
            assert content is not None
            writer.write("mixed", row, content, recipe, number)


def write_plain(writer: Writer, chosen: Iterable[Listed], contents: dict[str, bytes]) -> None:
    for row in chosen:
        content = contents[row.sha256]
        writer.write("stored", row, content, None)
        for delivery, recipe in (("web", WEB), ("hard", HARD)):
            done = writer.deliver(delivery, row, content, recipe)
            if done is not None:
                writer.write(delivery, row, done, recipe)


def write_untouched(writer: Writer, rows: Iterable[Listed], contents: dict[str, bytes], seed: str) -> None:
    """Real images as stored, and JPEG ones saved once more in their own size, which gives them a first compression."""
    for row in rows:
        writer.write("stored", row, contents[row.sha256], None)
        if row.format != "jpeg":
            continue
        quality = random.Random(f"{seed}-{row.sha256}").randint(*AGAIN)
        recipe = Recipe(sys.maxsize, "bicubic", (Encoding("JPEG", quality, 2),))
        content = writer.deliver("again", row, contents[row.sha256], recipe)
        if content is not None:
            writer.write("again", row, content, recipe)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--list", type=Path, required=True)
    parser.add_argument("--mirrors", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--reserved", type=Path, help="default: reserved.sha256 beside the list")
    parser.add_argument("--split", default="val", choices=["val", "train", "tamper"])
    parser.add_argument("--mixed", type=int, default=1200, help="images a class in `mixed`, or pairs of `tamper`")
    parser.add_argument("--plain", type=int, default=300, help="images a class in `stored`, `web` and `hard`")
    parser.add_argument("--real", type=int, default=0, help="more real images in `stored`, and JPEG ones in `again`, for rates of false alarms")
    parser.add_argument("--most-kind", type=int, default=10**6, help="images of one kind, where many repositories hold the same generator")
    parser.add_argument("--include", type=Path, help="folder of images to take first, marked `included`")
    parser.add_argument("--seed", default="truegrain-1")
    arguments = parser.parse_args()

    reserved = read_reserved(arguments.reserved or arguments.list.with_name("reserved.sha256"))
    listed = read_list(arguments.list, arguments.split)
    included = frozenset(
        hashlib.sha256(file.read_bytes()).hexdigest()
        for file in (arguments.include.rglob("*") if arguments.include else ())
        if file.is_file()
    )
    rows = [row for row in listed if not is_reserved(row.sha256, reserved)]
    labels = ("ai", "real")
    if arguments.split == "tamper":
        rows, labels = [as_tampered(row) for row in rows], ("spliced", "authentic")
    print(f"{len(listed)} listed in {arguments.split}, {len(listed) - len(rows)} reserved for acceptance and left out")

    wanted = max(arguments.mixed, arguments.plain)
    more = {"real": arguments.real}
    reader = Reader(arguments.mirrors)
    contents: dict[str, bytes] = {}
    chosen: dict[str, list[Listed]] = {}
    for label in labels:
        candidates = balanced([row for row in rows if row.label == label], len(rows), arguments.seed)
        candidates.sort(key=lambda row: row.sha256 not in included)  # stable: the rest keeps its order
        candidates = at_most(candidates, arguments.most_kind)
        if label != "authentic":  # small, and a spliced picture's own scene is wanted
            candidates = candidates[: (wanted + more.get(label, 0)) * 5 // 4]
        for row, content in reader.read(candidates):
            contents[row.sha256] = content
        chosen[label] = [row for row in candidates if row.sha256 in contents]
        if label != "authentic":
            chosen[label] = chosen[label][: wanted + more.get(label, 0)]
        print(f"{label}: {len(candidates)} asked for, {len(chosen[label])} taken")

    if arguments.split == "tamper":
        writer = Writer(arguments.out, included, scene_groups(rows))
        matched = scene_pairs(*(chosen[label] for label in labels), arguments.seed)[: arguments.mixed]
        unlike = write_tampered(writer.write, matched, contents, arguments.seed)
        print(f"pairs that could not be had alike: {unlike}")
    else:
        writer = Writer(arguments.out, included, {})
        matched = pairs(*(chosen[label][: arguments.mixed] for label in labels), arguments.seed)
        couples = zip(*(chosen[label][: arguments.plain] for label in labels), strict=False)
        write_plain(writer, (row for couple in couples for row in couple), contents)
        write_untouched(writer, chosen["real"][arguments.plain :][: arguments.real], contents, arguments.seed)
        write_mixed(writer, matched, contents, arguments.seed)
    writer.close()

    for delivery, count in writer.counts.items():
        print(f"{delivery}: {count} files")
    print("could not be had:", dict(reader.missing) or "nothing")
    print("could not be delivered:", writer.failed or "nothing")
    digest = hashlib.sha256((arguments.out / "manifest.tsv").read_bytes()).hexdigest()
    print(f"manifest sha256 {digest}")
    return 0 if writer.counts else 1


if __name__ == "__main__":
    sys.exit(main())
