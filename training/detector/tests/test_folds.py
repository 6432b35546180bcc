"""Halves of the sources: whole repositories, every kind in both where it can be."""

from __future__ import annotations

import random
import sys
import tempfile
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent.parent / "fusion")]

from sources import Listed  # noqa: E402

from folds import halves, read_folds  # noqa: E402


def rows(label: str, kind: str, repo: str, count: int) -> list[Listed]:
    return [
        Listed("train", label, kind, repo, "0" * 40, f"{at}.png", f"{hash((repo, at)):064x}"[-64:], 512, 512, "png", "")
        for at in range(count)
    ]


class Halves(unittest.TestCase):
    def test_kinds_with_several_repositories_are_in_both(self) -> None:
        listed = rows("ai", "sd15", "a/one", 900) + rows("ai", "sd15", "a/two", 4) + rows("real", "photo", "b/one", 5)
        listed += rows("real", "photo", "b/two", 5) + rows("real", "face", "c/only", 50)
        found = halves(listed)
        self.assertEqual(set(found), {"a/one", "a/two", "b/one", "b/two", "c/only"})
        self.assertNotEqual(found["a/one"], found["a/two"])
        self.assertNotEqual(found["b/one"], found["b/two"])

    def test_a_family_of_several_kinds_is_in_both(self) -> None:
        listed = rows("ai", "stylegan2", "a/one", 20) + rows("ai", "stylegan-boredhumans", "a/two", 10) + rows("ai", "sd15", "a/three", 40)
        found = halves(listed)
        self.assertNotEqual(found["a/one"], found["a/two"])

    def test_kept_repositories_stay_and_the_new_fill_up(self) -> None:
        listed = rows("ai", "sd15", "a/one", 9) + rows("ai", "sd15", "a/two", 4) + rows("ai", "sd15", "a/new", 20)
        found = halves(listed, {"a/one": 1, "a/two": 1})
        self.assertEqual(found, {"a/one": 1, "a/two": 1, "a/new": 0})

    def test_order_of_the_list_does_not_matter(self) -> None:
        dice = random.Random(3)
        listed = [row for at in range(20) for row in rows("ai" if at % 2 else "real", f"kind{at % 3}", f"o/{at}", dice.randint(1, 60))]
        first = halves(listed)
        dice.shuffle(listed)
        self.assertEqual(halves(listed), first)

    def test_read_back(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "folds.tsv"
            path.write_text("repo\thalf\na/b\t1\nc/d\t0\n")
            self.assertEqual(read_folds(path), {"a/b": 1, "c/d": 0})


if __name__ == "__main__":
    unittest.main()
