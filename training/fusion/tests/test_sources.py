import gzip
import hashlib
import io
import subprocess
import tempfile
import unittest
from pathlib import Path

import numpy as np
from PIL import Image

from prepare import balanced, pairs
from sources import Listed, Reader, cut_tile, is_reserved, read_list, read_reserved
from tampered import scene_groups, scene_pairs, scenes_of


def listed(**more: object) -> Listed:
    fields = {
        "split": "val", "label": "ai", "kind": "sd15", "repo": "a/b", "commit": "0" * 40, "path": "x.png",
        "sha256": "0" * 64, "width": 512, "height": 512, "format": "png", "style": "",
    }
    return Listed(**{**fields, **more})  # type: ignore[arg-type]


class Tiles(unittest.TestCase):
    """A grid whose every pixel names its own place: red is the column, green the row, each modulo 256."""

    def grid(self, side: int) -> Image.Image:
        at = np.arange(side)
        pixels = np.zeros((side, side, 3), dtype=np.uint8)
        pixels[..., 0] = at[None, :] % 256
        pixels[..., 1] = at[:, None] % 256
        pixels[..., 2] = (at[:, None] // 256) * 16 + at[None, :] // 256
        return Image.fromarray(pixels)

    def origin(self, tile: Image.Image) -> tuple[int, int]:
        red, green, blue = tile.getpixel((0, 0))
        return (blue % 16) * 256 + red, (blue // 16) * 256 + green

    def test_two_by_two_leaves_two_pixels_at_the_seam(self) -> None:
        grid = self.grid(1024)
        for row, column, origin in ((0, 0, (0, 0)), (0, 1, (514, 0)), (1, 0, (0, 514)), (1, 1, (514, 514))):
            tile = cut_tile(grid, row, column)
            self.assertEqual(tile.size, (510, 510))
            self.assertEqual(self.origin(tile), origin)

    def test_three_by_three_leaves_two_pixels_all_round(self) -> None:
        tile = cut_tile(self.grid(1536), 2, 1)
        self.assertEqual(tile.size, (508, 508))
        self.assertEqual(self.origin(tile), (514, 1026))

    def test_refuses_what_is_no_grid(self) -> None:
        with self.assertRaises(ValueError):
            cut_tile(self.grid(512), 0, 0)
        with self.assertRaises(ValueError):
            cut_tile(self.grid(1024), 0, 2)


class Reading(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.mirrors = Path(folder.name)
        self.git = self.mirrors / "a+b" / "repo"
        self.git.mkdir(parents=True)
        self.run_git("init", "-q")
        out = io.BytesIO()
        Image.new("RGB", (1024, 1024), "teal").save(out, "PNG")
        self.grid, self.old, self.new = out.getvalue(), b"the listed bytes", b"something newer"
        (self.git / "grid.png").write_bytes(self.grid)
        (self.git / "with space.png").write_bytes(self.old)
        (self.git / "changed.png").write_bytes(self.old)
        self.commit = self.save()
        (self.git / "changed.png").write_bytes(self.new)
        self.save()
        for name in ("HEAD", "objects", "refs"):  # as a bare clone has them
            (self.git / ".git" / name).rename(self.git / name)

    def run_git(self, *arguments: str) -> str:
        options = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"]
        done = subprocess.run(["git", *options, *arguments], cwd=self.git, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    def save(self) -> str:
        self.run_git("add", ".")
        self.run_git("commit", "-qm", "x")
        return self.run_git("rev-parse", "HEAD")

    def read(self, *rows: Listed) -> tuple[list[bytes], dict[str, int]]:
        reader = Reader(self.mirrors)
        return [content for _, content in reader.read(list(rows))], dict(reader.missing)

    def sha(self, content: bytes) -> str:
        return hashlib.sha256(content).hexdigest()

    def test_reads_the_listed_commit(self) -> None:
        row = listed(commit=self.commit, path="changed.png", sha256=self.sha(self.old))
        self.assertEqual(self.read(row), ([self.old], {}))

    def test_falls_back_to_the_newest_snapshot(self) -> None:
        row = listed(commit="1" * 40, path="with space.png", sha256=self.sha(self.old))
        self.assertEqual(self.read(row), ([self.old], {}))

    def test_another_file_at_that_path_is_not_taken(self) -> None:
        row = listed(commit="1" * 40, path="changed.png", sha256=self.sha(self.old))
        self.assertEqual(self.read(row), ([], {"another file at that path": 1}))

    def test_counts_what_is_missing(self) -> None:
        rows = (listed(commit=self.commit, path="nowhere.png"), listed(repo="no/mirror"))
        self.assertEqual(self.read(*rows), ([], {"not in the clone": 1, "no mirror of no/mirror": 1}))

    def test_cuts_tiles(self) -> None:
        (content,), missing = self.read(listed(commit=self.commit, path="grid.png#tile10"))
        self.assertEqual(missing, {})
        with Image.open(io.BytesIO(content)) as tile:
            self.assertEqual((tile.format, tile.size), ("WEBP", (510, 510)))


class Lists(unittest.TestCase):
    def test_reads_one_split_and_leaves_the_reserved_out(self) -> None:
        head = "split label kind repo commit path_in_repo sha256 width height format bytes style license".split()
        rows = [
            ["val", "ai", "sd15", "a/b", "c", 'quote".png', "ab" * 32, "10", "20", "png", "1", "", "MIT"],
            ["train", "ai", "sd15", "a/b", "c", "y.png", "cd" * 32, "10", "20", "png", "1", "", "MIT"],
        ]
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "list.tsv.gz"
            path.write_bytes(gzip.compress("\n".join("\t".join(r) for r in (head, *rows)).encode()))
            kept = Path(folder) / "reserved.sha256"
            kept.write_text("AB" * 12 + "\n")
            (row,) = read_list(path, "val")
            self.assertEqual((row.path, row.shorter), ('quote".png', 10))
            self.assertTrue(is_reserved(row.sha256, read_reserved(kept)))
            self.assertFalse(is_reserved("cd" * 32, read_reserved(kept)))


class Sampling(unittest.TestCase):
    def test_small_sources_are_taken_whole_and_large_ones_share_the_rest(self) -> None:
        rows = [listed(repo="big/one", sha256=f"{i:064x}") for i in range(500)]
        rows += [listed(repo="big/two", sha256=f"{i:064x}") for i in range(500, 1000)]
        rows += [listed(repo="small/one", sha256=f"{i:064x}") for i in range(1000, 1005)]
        chosen = balanced(rows, 105, "seed")
        counts = {repo: sum(row.repo == repo for row in chosen) for repo in ("big/one", "big/two", "small/one")}
        self.assertEqual(counts, {"big/one": 50, "big/two": 50, "small/one": 5})
        self.assertEqual(chosen, balanced(rows, 105, "seed"))

    def test_pairs_are_neighbours_in_size(self) -> None:
        ai = [listed(width=w, height=w, sha256=f"{w:064x}") for w in (1024, 256, 512)]
        real = [listed(label="real", width=w, height=900, sha256=f"{w:064x}") for w in (300, 4000, 600)]
        sizes = sorted((a.shorter, b.shorter) for a, b in pairs(ai, real, "seed"))
        self.assertEqual(sizes, [(256, 300), (512, 600), (1024, 900)])


class Tampered(unittest.TestCase):
    def setUp(self) -> None:
        names = ["Sp/Sp_D_CND_A_pla0005_pla0023_0281", "Sp/Sp_S_NNN_A_pla0023_pla0023_0001", "Sp/Sp_S_NNN_A_ani0001_ani0001_0002"]
        self.spliced = [listed(path=f"data/CASIA1/{name}.jpg", sha256=f"{n:064x}") for n, name in enumerate(names)]
        names = ["Au_ani_0001", "Au_pla_0005", "Au_sec_0099", "Au_pla_0023"]
        self.untouched = [listed(path=f"data/CASIA1/Au/{name}.jpg", sha256=f"{n + 9:064x}") for n, name in enumerate(names)]

    def test_pictures_that_share_a_photograph_by_any_way_are_one_group(self) -> None:
        rows = self.spliced + self.untouched
        groups = scene_groups(rows)
        # pla0005 and pla0023 meet in the first picture; ani0001 and sec0099 stand by themselves
        one = {groups[row.sha256] for row in (rows[0], rows[1], rows[4], rows[6])}
        self.assertEqual(len(one), 1)
        self.assertEqual(groups[rows[2].sha256], groups[rows[3].sha256])
        self.assertEqual(len({groups[row.sha256] for row in rows}), 3)
        self.assertEqual(groups, scene_groups(rows[::-1]))

    def test_a_spliced_photograph_is_paired_with_its_untouched_scene(self) -> None:
        matched = scene_pairs(self.spliced, self.untouched, "seed")
        self.assertEqual([a for a, _ in matched], self.spliced)
        # the second has one scene only, so the first, which has two, leaves it that one
        self.assertEqual([scenes_of(b.path) for _, b in matched], [("pla0005",), ("pla0023",), ("ani0001",)])

    def test_each_untouched_photograph_is_used_once(self) -> None:
        again = listed(path=self.spliced[2].path, sha256="f" * 64)
        matched = scene_pairs([*self.spliced, again], self.untouched[:2], "seed")
        self.assertEqual(sorted(b.sha256 for _, b in matched), sorted(b.sha256 for b in self.untouched[:2]))


if __name__ == "__main__":
    unittest.main()
