"""Images of the training list, read out of clones and checked against their SHA-256.

The list (`train.tsv.gz`) names every image by repository, commit and path. A clone, bare or not, stands under
the mirrors folder as `owner+name/repo` (or `owner+name.git`, or `owner+name`).
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import os
import re
import subprocess
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

TILE = re.compile(r"^(?P<path>.*)#tile(?P<row>\d)(?P<column>\d)$")

# Grid side in pixels -> (tiles a side, pitch, pixels left out on each side of a seam and at the border).
# 1024 = 2 x 512 leaves 510; 1536 = 3 x 512 leaves 508: seams lie at 511|512 and 1023|1024, and lossy
# compression smears them over two pixels. Tiles of a 2 x 2 grid are trimmed by 2 in all, those of a
# 3 x 3 grid by 2 all round.
GRIDS = {1024: 2, 1536: 3}
PITCH = 512
TRIM = 2


@dataclass(frozen=True)
class Listed:
    """One row of the list. Sizes in pixels."""

    split: str
    label: str
    kind: str
    repo: str
    commit: str
    path: str
    sha256: str
    width: int
    height: int
    format: str
    style: str

    @property
    def shorter(self) -> int:
        return min(self.width, self.height)


def read_list(path: Path, split: str) -> list[Listed]:
    """Rows of one split, in the order of the file, packed or plain."""
    opened = gzip.open(path, "rt", encoding="utf-8", newline="") if path.suffix == ".gz" else path.open(encoding="utf-8", newline="")
    with opened as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [
            Listed(
                row["split"], row["label"], row["kind"], row["repo"], row["commit"],
                row["path_in_repo"], row["sha256"], int(row["width"]), int(row["height"]),
                row["format"], row["style"],
            )
            for row in rows
            if row["split"] == split
        ]


def read_reserved(path: Path) -> frozenset[str]:
    """First 24 hex digits of every image kept for acceptance: nothing here may be fitted on."""
    return frozenset(line.strip().lower() for line in path.read_text().splitlines() if line.strip())


def is_reserved(sha256: str, reserved: frozenset[str]) -> bool:
    return sha256[:24].lower() in reserved


def git_directory(mirrors: Path, repo: str) -> Path | None:
    name = repo.replace("/", "+")
    for clone in (mirrors / name / "repo", mirrors / f"{name}.git", mirrors / name):
        for candidate in (clone, clone / ".git"):
            if (candidate / "HEAD").is_file():
                return candidate
    return None


def read_blobs(git: Path, names: Iterable[str]) -> Iterator[bytes | None]:
    """Contents of `revision:path` names in their order; None where the clone does not hold one."""
    # A partial clone would try to fetch what it lacks: it must answer "missing" instead.
    environment = {**os.environ, "GIT_NO_LAZY_FETCH": "1", "GIT_TERMINAL_PROMPT": "0"}
    process = subprocess.Popen(
        ["git", "-C", str(git), "cat-file", "--batch"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment,
    )
    assert process.stdin is not None and process.stdout is not None
    try:
        for name in names:
            if "\n" in name:
                yield None
                continue
            process.stdin.write(name.encode() + b"\n")
            process.stdin.flush()
            header = process.stdout.readline()
            parts = header.rsplit(b" ", 2)
            if len(parts) != 3 or not parts[2].strip().isdigit():
                yield None
                continue
            size = int(parts[2])
            content = process.stdout.read(size)
            process.stdout.read(1)
            yield content if parts[1] == b"blob" else None
    finally:
        process.stdin.close()
        process.stdout.close()
        process.terminate()
        process.wait()


def cut_tile(grid: Image.Image, row: int, column: int) -> Image.Image:
    """One tile of an exact grid, without the pixels next to its seams."""
    side = grid.width
    if grid.width != grid.height or side not in GRIDS:
        raise ValueError(f"Expected a grid of 1024 or 1536 px a side but received {grid.size}.")
    tiles = GRIDS[side]
    if row >= tiles or column >= tiles:
        raise ValueError(f"Expected a tile inside {tiles} x {tiles} but received {row}, {column}.")

    def span(index: int) -> tuple[int, int]:
        low, high = index * PITCH, (index + 1) * PITCH
        if tiles == 3:
            return low + TRIM, high - TRIM
        return (low, high - TRIM) if index == 0 else (low + TRIM, high)

    (left, right), (top, bottom) = span(column), span(row)
    return grid.crop((left, top, right, bottom))


def tile_bytes(content: bytes, row: int, column: int) -> bytes:
    """A tile as a lossless WebP, as the list describes it."""
    with Image.open(io.BytesIO(content)) as grid:
        out = io.BytesIO()
        cut_tile(grid.convert("RGB"), row, column).save(out, "WEBP", lossless=True)
        return out.getvalue()


class Reader:
    """Reads listed images and counts what could not be had, by reason."""

    def __init__(self, mirrors: Path) -> None:
        self.mirrors = mirrors
        self.missing: Counter[str] = Counter()

    def read(self, rows: list[Listed]) -> Iterator[tuple[Listed, bytes]]:
        """Bytes of each row that the mirrors hold, checked by SHA-256, repository by repository.

        Tried at the listed commit, then at the clone's HEAD. A tile is cut again, so its own bytes
        depend on the encoder: the grid's presence is all that can be checked.
        """
        by_repo: dict[str, list[Listed]] = {}
        for row in rows:
            by_repo.setdefault(row.repo, []).append(row)
        for repo, wanted in by_repo.items():
            git = git_directory(self.mirrors, repo)
            if git is None:
                self.missing[f"no mirror of {repo}"] += len(wanted)
                continue
            paths = [TILE.match(row.path) for row in wanted]
            plain = [match["path"] if match else row.path for match, row in zip(paths, wanted, strict=True)]
            names = [f"{rev}:{path}" for row, path in zip(wanted, plain, strict=True) for rev in (row.commit, "HEAD")]
            blobs = read_blobs(git, names)
            for row, match in zip(wanted, paths, strict=True):
                found = [blob for blob in (next(blobs), next(blobs)) if blob is not None]
                content = self._checked(row, match, found)
                if content is not None:
                    yield row, content

    def _checked(self, row: Listed, match: re.Match[str] | None, found: list[bytes]) -> bytes | None:
        if not found:
            self.missing["not in the clone"] += 1
            return None
        if match:
            try:
                return tile_bytes(found[0], int(match["row"]), int(match["column"]))
            except (OSError, ValueError):
                self.missing["tile not cut"] += 1
                return None
        for content in found:
            if hashlib.sha256(content).hexdigest() == row.sha256:
                return content
        self.missing["another file at that path"] += 1
        return None
