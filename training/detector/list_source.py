"""Lists pictures of one public repository as rows of training data.

    python list_source.py --mirrors DIR --repo OWNER/NAME --label ai --kind flux1-dev --licence MIT \
      --path '^gallery/.*\\.png$' [--skip 'thumb|grid'] [--containing 'parameters'] [--style photo] \
      --listed train.tsv.gz --reserved reserved.sha256 [--avoid val.hashes.json] \
      [--limit 300] [--sheet sheet.jpg] --out sources/ai.tsv

Reads the newest commit of a clone, takes files that match `--path` and not `--skip`, in turns over the
folders and in random order within each (seeded by the repository's name), and keeps those that decode, are
large enough, are not cut-outs, are nowhere listed or reserved, and are no near-duplicates of one another or
of pictures to avoid. A repository that holds a single reserved picture is not listed at all: it is kept for
acceptance as a source. Rows of the same repository, label and kind already in the list are replaced, so a run can
be repeated. `--sheet` draws 30 of the kept pictures, to be looked at before they are believed.

    python list_source.py --mirrors DIR --listed train.tsv.gz --hash-split val --out val.hashes.json

writes the hashes of a listed split, for `--avoid`.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import hashlib
import json
import random
import re
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent / "fusion"))

from sources import Reader, git_directory, is_reserved, read_blobs, read_list, read_reserved  # noqa: E402

from eligible import average_hash, draw_sheet, is_near, opened  # noqa: E402

COLUMNS = (
    "split", "label", "kind", "repo", "commit", "path_in_repo", "sha256",
    "width", "height", "format", "bytes", "style", "license",
)
MOST_BYTES = 4_000_000
PICTURE = re.compile(r"\.(png|jpe?g|webp)$", re.IGNORECASE)


def files_of(git: Path, commit: str) -> Iterator[str]:
    """Paths of all ordinary files of a commit, whether or not the clone holds their contents."""
    tree = subprocess.run(
        ["git", "-C", str(git), "ls-tree", "-r", "-z", commit], capture_output=True, check=True
    ).stdout
    for entry in tree.split(b"\0"):
        head, _, path = entry.partition(b"\t")
        if head.startswith(b"100"):
            yield path.decode(errors="replace")


def in_turns(paths: list[str], dice: random.Random) -> list[str]:
    """Paths in random order, one of each folder in turn."""
    folders: dict[str, list[str]] = defaultdict(list)
    for path in sorted(paths):
        folders[path.rpartition("/")[0]].append(path)
    queues = list(folders.values())
    for queue in queues:
        dice.shuffle(queue)
    dice.shuffle(queues)
    return [queue[turn] for turn in range(max(map(len, queues), default=0)) for queue in queues if turn < len(queue)]


def write_hashes(options: argparse.Namespace) -> None:
    reader = Reader(options.mirrors)
    hashes = []
    for _, content in reader.read(read_list(options.listed, options.hash_split)):
        found = opened(content)
        if not isinstance(found, str):
            hashes.append(average_hash(found[0]))
    options.out.write_text(json.dumps(hashes))
    print(f"{len(hashes)} hashes; {dict(reader.missing)}")


def read_rows(path: Path) -> list[dict[str, str]]:
    opener = gzip.open if path.suffix == ".gz" else open
    if not path.exists():
        return []
    with opener(path, "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def write_rows(path: Path, rows: list[dict[str, str]]) -> None:
    rows = sorted(rows, key=lambda row: (row["label"], row["repo"], row["kind"], row["path_in_repo"]))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(
            file, COLUMNS, delimiter="\t", quoting=csv.QUOTE_NONE, quotechar=None, lineterminator="\n"
        )
        writer.writeheader()
        writer.writerows(rows)


def reserved_of(git: Path, commit: str, reserved: frozenset[str]) -> int:
    """How many pictures of the repository are kept for acceptance."""
    paths = [path for path in files_of(git, commit) if PICTURE.search(path)]
    blobs = read_blobs(git, [f"{commit}:{path}" for path in paths])
    return sum(is_reserved(hashlib.sha256(blob).hexdigest(), reserved) for blob in blobs if blob is not None)


def list_source(options: argparse.Namespace) -> None:
    git = git_directory(options.mirrors, options.repo)
    if git is None:
        sys.exit(f"Expected a clone of {options.repo} under {options.mirrors}.")
    commit = subprocess.run(
        ["git", "-C", str(git), "rev-parse", "HEAD"], capture_output=True, check=True, text=True
    ).stdout.strip()
    want, skip = re.compile("|".join(options.path)), re.compile("|".join(options.skip) or r"(?!)")
    paths = [p for p in files_of(git, commit) if want.search(p) and not skip.search(p) and not set(p) & set('\t\n\r"')]
    listed = read_rows(options.listed)
    if any(row["repo"] == options.repo for row in listed):
        sys.exit(f"{options.repo} stands in the list already.")
    own = (options.repo, options.label, options.kind)
    rest = [row for row in read_rows(options.out) if (row["repo"], row["label"], row["kind"]) != own]
    known = {row["sha256"] for row in listed + rest}
    reserved = read_reserved(options.reserved)
    kept_back = reserved_of(git, commit, reserved)
    if kept_back:
        write_rows(options.out, [row for row in rest if row["repo"] != options.repo])
        sys.exit(f"{options.repo} holds {kept_back} reserved pictures: none of it may be listed.")
    avoided = [int(value) for value in json.loads(options.avoid.read_text())] if options.avoid else []
    mark = re.compile(options.containing.encode()) if options.containing else None
    order = in_turns(paths, random.Random(f"{options.repo} {options.kind}"))
    why, hashes, rows, shown = Counter(), [], [], []
    for path, content in zip(order, read_blobs(git, [f"{commit}:{path}" for path in order]), strict=True):
        if len(rows) >= options.limit:
            break
        if content is None or len(content) > MOST_BYTES:
            why["not in the clone" if content is None else "too many bytes"] += 1
            continue
        digest = hashlib.sha256(content).hexdigest()
        if digest in known or is_reserved(digest, reserved):
            why["known or reserved"] += 1
            continue
        if mark and not mark.search(content):
            why["no mark"] += 1
            continue
        found = opened(content)
        if isinstance(found, str):
            why[found] += 1
            continue
        value = average_hash(found[0])
        if is_near(value, hashes) or is_near(value, avoided):
            why["near-duplicate"] += 1
            continue
        known.add(digest)
        hashes.append(value)
        if options.sheet and len(shown) < 30:
            shown.append((path, found[0].copy()))
        width, height = found[0].size
        rows.append(dict(zip(COLUMNS, (
            "train", options.label, options.kind, options.repo, commit, path, digest,
            str(width), str(height), found[1], str(len(content)), options.style, options.licence,
        ), strict=True)))
    if options.sheet and shown:
        draw_sheet(shown, options.sheet)
    write_rows(options.out, rest + rows)
    print(f"{options.repo} {options.kind}: {len(paths)} paths, {len(rows)} listed; left out: {dict(why)}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mirrors", type=Path, required=True)
    parser.add_argument("--listed", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--hash-split")
    parser.add_argument("--reserved", type=Path)
    parser.add_argument("--avoid", type=Path)
    parser.add_argument("--repo")
    parser.add_argument("--label", choices=("ai", "real"))
    parser.add_argument("--kind")
    parser.add_argument("--path", action="append", default=[], help="regular expression; may be repeated")
    parser.add_argument("--skip", action="append", default=[], help="regular expression; may be repeated")
    parser.add_argument("--containing", help="regular expression that the file's bytes must match")
    parser.add_argument("--style", default="")
    parser.add_argument("--licence", default="none")
    parser.add_argument("--limit", type=int, default=300)
    parser.add_argument("--sheet", type=Path)
    options = parser.parse_args()
    if options.hash_split:
        write_hashes(options)
    elif not (options.repo and options.label and options.kind and options.path and options.reserved):
        parser.error("a source needs --repo, --label, --kind, --path and --reserved")
    else:
        list_source(options)


if __name__ == "__main__":
    main()
