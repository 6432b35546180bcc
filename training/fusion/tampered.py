"""Pairs of a spliced and an untouched photograph (CASIA 1.0), alike in everything but the splice.

In that collection the saving alone parts the classes: spliced pictures were saved by Photoshop or at quality 75,
untouched ones at 80 to 95. So each spliced picture gets an untouched partner, of the same scene where there is
one, and the partner is saved once more with the quantisation tables and the chroma sampling of the spliced one.
What remains is told in `src/forensics/layers/tamper/README.md`.
"""

from __future__ import annotations

import random
import re
import sys
from collections.abc import Callable
from dataclasses import replace

from delivery import Encoding, Recipe, deliver, save_like
from sources import Listed

SCENE = re.compile(r"([a-z]{3})_?(\d{4})")
QUALITY = (70, 95)


def as_tampered(row: Listed) -> Listed:
    """CASIA says by its folders which pictures are spliced: label them so."""
    label = "spliced" if "/Sp/" in row.path else "authentic"
    return replace(row, label=label, kind=label)


def scenes_of(path: str) -> tuple[str, ...]:
    """Photographs that a CASIA picture is made of, as its name tells: its own, or background and donor."""
    return tuple(kind + number for kind, number in SCENE.findall(path.rsplit("/", 1)[-1]))


def scene_groups(rows: list[Listed]) -> dict[str, str]:
    """For every row, by SHA-256, the group it must not be parted from.

    Pictures that share a photograph, as background or as donor, are in one group, and so is whatever shares one
    with those (connected components). Names say nothing of which of the two photographs is the background.
    """
    parents: dict[str, str] = {}

    def root(scene: str) -> str:
        parents.setdefault(scene, scene)
        while parents[scene] != scene:
            scene = parents[scene]
        return scene

    for row in rows:
        first, *others = scenes_of(row.path) or (row.sha256,)
        for other in others:
            ends = sorted((root(first), root(other)))
            parents[ends[1]] = ends[0]
    return {row.sha256: f"casia-{root((scenes_of(row.path) or (row.sha256,))[0])}" for row in rows}


def scene_pairs(spliced: list[Listed], untouched: list[Listed], seed: str) -> list[tuple[Listed, Listed]]:
    """Each spliced picture with an untouched one: of one of its scenes if that is still free, else any that is."""
    dice = random.Random(seed)
    free = list(untouched)
    dice.shuffle(free)
    out: dict[str, Listed] = {}
    for row in sorted(spliced, key=lambda row: len(set(scenes_of(row.path)))):  # who has one scene chooses first
        own = next((other for other in free if set(scenes_of(other.path)) & set(scenes_of(row.path))), None)
        if own is not None:
            free.remove(own)
            out[row.sha256] = own
    for row in spliced:
        if row.sha256 not in out and free:
            out[row.sha256] = free.pop()
    return [(row, out[row.sha256]) for row in spliced if row.sha256 in out]


def write_tampered(
    write: Callable[[str, Listed, bytes, Recipe | None, int], None],
    matched: list[tuple[Listed, Listed]],
    contents: dict[str, bytes],
    seed: str,
) -> int:
    """Writes three deliveries of every pair; answers how many pairs could not be had alike.

    `stored`: the files' own bytes. `alike`: the spliced one as stored, the untouched one saved as it was.
    `resaved`: both of `alike` saved once more by one encoder at one quality, drawn for the pair.
    """
    failed = 0
    for number, (spliced, untouched) in enumerate(matched):
        for row in (spliced, untouched):
            write("stored", row, contents[row.sha256], None, number)
        quality = random.Random(f"{seed}-{number}").randint(*QUALITY)
        recipe = Recipe(sys.maxsize, "bicubic", (Encoding("JPEG", quality, 2),))
        try:
            alike = (contents[spliced.sha256], save_like(contents[untouched.sha256], contents[spliced.sha256]))
            again = [deliver(content, recipe) for content in alike]
        except OSError:
            failed += 1  # a spliced picture that is no JPEG: nothing to be alike to
            continue
        for row, once, twice in zip((spliced, untouched), alike, again, strict=True):
            write("alike", row, once, None, number)
            write("resaved", row, twice, recipe, number)
    return failed
