"""What training does to a kept picture before the network sees it."""

from __future__ import annotations

import importlib.util
import json
import random
import sys
import tempfile
import unittest
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent.parent / "fusion")]

TORCH = importlib.util.find_spec("torch") is not None


def config(view: str, size: int, jitter: float = 0.0, regions: float = 0.0):
    from train import Config

    return Config(view, size, 1, 1, 1e-4, 0.0, 0, 0.0, 0.0, 0.9, 1, 1, jitter=jitter, regions=regions)


@unittest.skipUnless(TORCH, "PyTorch is not installed")
class Mean(unittest.TestCase):
    def test_is_taken_over_every_weight_of_all_networks(self) -> None:
        import torch
        from nets import mean_weights

        weights = [{"a": torch.tensor([1.0, -2.0]), "seen": torch.tensor(4)}, {"a": torch.tensor([2.0, 0.5]), "seen": torch.tensor(8)}]
        with tempfile.TemporaryDirectory() as folder:
            files = [Path(folder) / f"{at}.pt" for at in range(len(weights))]
            for file, each in zip(files, weights, strict=True):
                torch.save({"net": each}, file)
            mean = mean_weights(files)
            self.assertEqual(mean["a"].tolist(), [1.5, -0.75])
            self.assertEqual((int(mean["seen"]), mean["seen"].dtype), (6, torch.int64))
            alone = mean_weights(files[:1])
            self.assertEqual(alone["a"].tolist(), [1.0, -2.0])


@unittest.skipUnless(TORCH, "PyTorch is not installed")
class Parts(unittest.TestCase):
    def test_draws_are_read_by_turns_each_again_from_its_first_part(self) -> None:
        from train import parts

        with tempfile.TemporaryDirectory() as folder:
            draws = []
            for name, count in (("old", 3), ("new", 1)):
                draws.append(Path(folder) / name)
                (draws[-1] / "round-0").mkdir(parents=True)
                (draws[-1] / "round-0" / "parts").write_text(str(count))
                for at in range(count):
                    (draws[-1] / "round-0" / f"part-{at:02d}.json").write_text("[]")
            read = parts(draws)
            seen = [f"{part.parent.parent.name} {part.name[-1]}" for part in (next(read) for _ in range(8))]
        self.assertEqual(seen, ["old 0", "new 0", "old 1", "new 0", "old 2", "new 0", "old 0", "new 0"])


@unittest.skipUnless(TORCH, "PyTorch is not installed")
class Regions(unittest.TestCase):
    def test_a_draw_gives_what_it_holds_of_the_views_that_are_taught(self) -> None:
        from train import kept_views

        with tempfile.TemporaryDirectory() as folder:
            part = Path(folder) / "part-00"
            for view in ("regions", "squares"):
                np.save(part.with_suffix(f".{view}.npy"), np.zeros((1, 8, 8, 3), np.uint8))
            self.assertEqual(set(kept_views(part, config("whole", 8, regions=0.5))), {"regions"})
            with self.assertRaises(FileNotFoundError):
                kept_views(part, config("whole", 8))
            np.save(part.with_suffix(".whole.npy"), np.zeros((1, 8, 8, 3), np.uint8))
            self.assertEqual(set(kept_views(part, config("whole", 8, regions=0.5))), {"whole", "regions"})
            self.assertEqual(set(kept_views(part, config("whole", 8))), {"whole"})

    def test_wholes_and_regions_are_seen_in_their_shares(self) -> None:
        from train import view_for

        kept, dice = {"whole": np.zeros(1), "regions": np.ones(1)}, random.Random(1)
        each = [float(view_for(kept, config("whole", 8, regions=0.25), dice)[0]) for _ in range(4000)]
        # Four standard deviations of a share of 4,000.
        self.assertAlmostEqual(sum(each) / len(each), 0.25, delta=0.028)
        self.assertEqual(view_for({"whole": np.zeros(1)}, config("whole", 8, regions=1.0), dice)[0], 0)

    def test_a_region_lies_in_the_picture_and_is_as_wide_as_told(self) -> None:
        from PIL import Image
        from prepare import SHARES, WHOLE, region_of

        # Red says the column: what a region spans is read off its edges.
        columns = np.broadcast_to(np.arange(250, dtype=np.uint8)[None, :, None], (200, 250, 3))
        ready, dice = Image.fromarray(np.ascontiguousarray(columns)), random.Random(2)
        for _ in range(50):
            cut = region_of(ready, dice)
            self.assertEqual(cut.shape, (WHOLE, WHOLE, 3))
            spanned = int(cut[0, -1, 0]) - int(cut[0, 0, 0]) + 1
            self.assertGreaterEqual(spanned, SHARES[0] * 200 - 2)
            self.assertLessEqual(spanned, SHARES[1] * 200 + 2)


@unittest.skipUnless(TORCH, "PyTorch is not installed")
class Augmented(unittest.TestCase):
    def test_every_size_sees_the_same_share_of_a_whole(self) -> None:
        from train import CLOSEST, augmented

        # A ramp from left to right tells how much of the picture is in view, whatever it was resized to.
        kept = np.repeat(np.linspace(0, 255, 256).astype(np.uint8)[None, :, None], 256, axis=0).repeat(3, axis=2)
        dice = random.Random(5)
        for size in (160, 192, 224):
            for _ in range(40):
                cut = augmented(kept, config("whole", size), dice)
                self.assertEqual(cut.shape, (size, size, 3))
                seen = (int(cut.max()) - int(cut.min())) / 255
                self.assertGreaterEqual(seen, CLOSEST - 0.02)

    def test_squares_are_never_resampled(self) -> None:
        from train import augmented

        kept = np.random.default_rng(1).integers(0, 256, (2, 176, 176, 3), dtype=np.uint8)
        known = {bytes(pixel) for pixel in kept.reshape(-1, 3)}
        cut = augmented(kept, config("squares", 128), random.Random(2))
        self.assertEqual(cut.shape, (128, 128, 3))
        self.assertTrue({bytes(pixel) for pixel in cut.reshape(-1, 3)} <= known)

    def test_recolouring_keeps_order_and_loses_colour_at_times(self) -> None:
        from train import recoloured

        grey = np.arange(0, 256, 4, dtype=np.uint8)[None, :, None].repeat(8, axis=0).repeat(3, axis=2)
        vivid = np.zeros((8, 8, 3), np.uint8)
        vivid[..., 0] = 120
        dice, without = random.Random(7), 0
        for _ in range(200):
            steps = np.diff(recoloured(grey, dice)[0, :, 0].astype(int))
            self.assertTrue((steps >= 0).all())
            spread = recoloured(vivid, dice).astype(int)
            without += int((spread.max(axis=2) == spread.min(axis=2)).all())
        self.assertTrue(10 <= without <= 45, without)

    def test_a_pair_is_cut_and_turned_alike(self) -> None:
        from train import Pairs

        pixels = np.random.default_rng(3).integers(0, 256, (6, 1, 144, 144, 3), dtype=np.uint8)
        pixels[1::2] = pixels[::2]  # reconstructions without a flaw
        told = [{"repo": f"a/{at // 2}", "label": at % 2, "family": 0} for at in range(6)]
        with tempfile.TemporaryDirectory() as folder:
            np.save(Path(folder) / "part-00.squares.npy", pixels)
            (Path(folder) / "part-00.json").write_text(json.dumps(told))
            pairs = Pairs(Path(folder), "squares", frozenset({"a/1"}))
            drawn = pairs.drawn(12, config("squares", 128, jitter=0.5), random.Random(4))
            with self.assertRaises(FileNotFoundError):
                Pairs(Path(folder), "squares", frozenset({"a/0", "a/1", "a/2"}))
        self.assertEqual([fact["label"] for _, fact in drawn], [0, 1] * 12)
        self.assertEqual({fact["repo"] for _, fact in drawn}, {"a/0", "a/2"})
        for (real, _), (again, _) in zip(drawn[::2], drawn[1::2], strict=True):
            np.testing.assert_array_equal(real, again)


if __name__ == "__main__":
    unittest.main()
