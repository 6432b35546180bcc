"""A real square and its reconstruction arrive alike."""

from __future__ import annotations

import importlib.util
import random
import sys
import unittest
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent.parent / "fusion")]

TORCH = importlib.util.find_spec("torch") is not None


@unittest.skipUnless(TORCH, "PyTorch is not installed")
class Aligned(unittest.TestCase):
    def test_delivery_adds_no_difference(self) -> None:
        from aligned import SIDE, delivered_alike

        square = np.random.default_rng(2).integers(0, 256, (176, 176, 3), dtype=np.uint8)
        dice = random.Random(9)
        for _ in range(40):
            real, again = delivered_alike((square, square.copy()), dice)
            self.assertEqual(real.shape, (SIDE, SIDE, 3))
            np.testing.assert_array_equal(real, again)

    def test_reconstruction_keeps_shape_and_range(self) -> None:
        import torch
        from aligned import reconstructed

        class Brighter(torch.nn.Module):
            def forward(self, x: torch.Tensor) -> torch.Tensor:
                return 2 * x

        squares = np.arange(2 * 8 * 8 * 3, dtype=np.uint8).reshape(2, 8, 8, 3)
        np.testing.assert_array_equal(reconstructed(Brighter(), squares), np.minimum(255, 2 * squares.astype(int)))


if __name__ == "__main__":
    unittest.main()
