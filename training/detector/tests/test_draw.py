import random
import sys
import unittest
from collections import Counter
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent.parent
sys.path += [str(HERE), str(HERE.parent / "fusion")]

from draw import FOOT, draw, draw_pairs, weights  # noqa: E402
from measures import auc  # noqa: E402
from sources import Listed  # noqa: E402


def listed(label: str, repo: str, kind: str, number: int, side: int, format: str) -> Listed:
    sha = f"{label}{repo}{number}"
    return Listed("train", label, kind, repo, "c", f"{number}.x", sha, side * 3 // 2, side, format, "")


def lists() -> tuple[list[Listed], list[Listed]]:
    """Classes that size and format give away at once, as in public collections."""
    ai = [listed("ai", f"a/{i % 7}", "sd15", i, (256, 512, 1024)[i % 3], "png") for i in range(2100)]
    real = [listed("real", f"r/{i % 11}", "photo", i, 300 + i % 900, "jpeg") for i in range(2400)]
    return ai, real


class MatchedDelivery(unittest.TestCase):
    def test_nothing_but_the_picture_tells_the_classes_apart(self) -> None:
        """AUC of every figure of a delivery, and of the best linear mix of them on the other half, is 0.50 +- 0.03."""
        pairs = draw_pairs(*lists(), 2000, "test")
        self.assertGreater(len(pairs), 1800)
        figures, labels = [], []
        for ai, real, way in pairs:
            last = way.encodings[-1]
            formats = [float(last.format == name) for name in ("JPEG", "WEBP")]
            for row in (ai, real):
                figures.append([way.shorter, way.aspect[0] / way.aspect[1], last.quality, last.subsampling,
                                len(way.encodings), *formats])
                labels.append(int(row.label == "ai"))
        x, y = np.array(figures), np.array(labels)
        for column in x.T:
            self.assertAlmostEqual(auc(y, column), 0.5, delta=0.03)
        half = len(y) // 2
        design = np.hstack([x / x.max(axis=0), np.ones((len(y), 1))])
        fit = np.linalg.lstsq(design[:half], y[:half].astype(float), rcond=None)[0]
        self.assertAlmostEqual(auc(y[half:], design[half:] @ fit), 0.5, delta=0.03)

    def test_the_files_themselves_would_have_told(self) -> None:
        """The same measure sees the difference where there is one: the test above can fail."""
        pairs = draw_pairs(*lists(), 2000, "test")
        rows = [row for pair in pairs for row in pair[:2]]
        labels = np.array([int(row.label == "ai") for row in rows])
        self.assertGreater(auc(labels, np.array([float(row.format == "png") for row in rows])), 0.99)

    def test_neither_is_enlarged_and_corners_with_marks_are_cut(self) -> None:
        for ai, real, way in draw_pairs(*lists(), 500, "test"):
            self.assertLess(way.shorter, min(ai.shorter, real.shorter))
            self.assertGreaterEqual(way.foot, FOOT[0])


class Balance(unittest.TestCase):
    def test_a_source_four_times_as_large_weighs_twice_as_much(self) -> None:
        rows = [listed("ai", "large", "sd15", i, 512, "png") for i in range(400)]
        rows += [listed("ai", "small", "sd15", i, 512, "png") for i in range(100)]
        weight = weights(rows)
        self.assertAlmostEqual(weight["ai", "large", "sd15"] / weight["ai", "small", "sd15"], 2)
        drawn = Counter(row.repo for row in draw(rows, 300, random.Random(1)))
        self.assertEqual(drawn, {"large": 200, "small": 100})

    def test_no_image_comes_again_before_its_source_is_used_up(self) -> None:
        rows = [listed("ai", "one", "sd15", i, 512, "png") for i in range(50)]
        counts = Counter(row.sha256 for row in draw(rows, 80, random.Random(1)))
        self.assertEqual(len(counts), 50)
        self.assertLessEqual(max(counts.values()), 2)


if __name__ == "__main__":
    unittest.main()
