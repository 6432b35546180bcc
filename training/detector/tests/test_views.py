import sys
import unittest
from pathlib import Path

import numpy as np
from PIL import Image

sys.path.append(str(Path(__file__).resolve().parent.parent))

from views import crops, cut_for, offsets, padded, prepared, regions, tensor_for, whole  # noqa: E402


def ramp(width: int, height: int) -> Image.Image:
    y, x = np.mgrid[0:height, 0:width]
    return Image.fromarray(np.stack([x % 256, y % 256, (x + y) % 256], axis=2).astype(np.uint8))


class Views(unittest.TestCase):
    def test_prepared_brings_the_shorter_side_to_512_and_never_enlarges(self) -> None:
        self.assertEqual(prepared(ramp(4000, 3000)).size, (683, 512))
        self.assertEqual(prepared(ramp(600, 700)).size, (512, 597))
        small = ramp(300, 200)
        self.assertIs(prepared(small), small)

    def test_a_flat_picture_stays_flat_through_a_large_reduction(self) -> None:
        # 5001 is no multiple of the square's side: its last column is part of a square.
        flat = Image.new("RGB", (5001, 3003), (7, 130, 251))
        self.assertEqual(prepared(flat).getextrema(), ((7, 7), (130, 130), (251, 251)))

    def test_whole_is_the_centre(self) -> None:
        pixels = whole(ramp(300, 160), 160)
        self.assertEqual(pixels.shape, (160, 160, 3))
        np.testing.assert_array_equal(pixels[0, :, 0], np.arange(70, 230))

    def test_squares_reach_from_edge_to_edge(self) -> None:
        self.assertEqual(offsets(512, 160, 3), [0, 176, 352])
        found = crops(ramp(200, 170), 160, 3, ((0, 0), (2, 2)))
        np.testing.assert_array_equal(found[0, 0, :, 0], np.arange(0, 160))
        np.testing.assert_array_equal(found[1, 0, :, 0], np.arange(40, 200))
        self.assertEqual(found[1, 0, 0, 1], 10)

    def test_regions_are_as_wide_as_a_share_of_the_shorter_side(self) -> None:
        # 0.6 of 100 is 60; of the room of 240 and 40 px the last of two places takes all.
        found = regions(ramp(300, 100), 60, 0.6, 2, ((0, 0), (1, 0), (1, 1)))
        self.assertEqual(found.shape, (3, 60, 60, 3))
        np.testing.assert_array_equal(found[0, 0, :, 0], np.arange(0, 60))
        np.testing.assert_array_equal(found[1, 0, :, 0], np.arange(240, 300) % 256)
        self.assertEqual(found[2, :, 0, 1].tolist(), list(range(40, 100)))

    def test_a_region_is_brought_to_the_networks_size(self) -> None:
        # Halved: each pixel is the mean of about two, so that a ramp of 0, 1, 2 ... becomes one of 0.5, 2.5, 4.5 ...
        found = regions(ramp(200, 200), 50, 0.5, 1, ((0, 0),))
        self.assertEqual(found.shape, (1, 50, 50, 3))
        np.testing.assert_allclose(found[0, 25, 5:45, 0], 50.5 + 2 * np.arange(5, 45), atol=0.51)
        # A share that half a pixel is in the way of is rounded up: 0.5 of 75 is 38.
        self.assertEqual(int(regions(ramp(75, 75), 38, 0.5, 2, ((1, 0),))[0, 0, 0, 0]), 37)

    def test_a_card_says_what_is_cut(self) -> None:
        shared = {"input": {"size": 8, "mean": [1, 2, 3], "std": [2, 2, 2]}}
        cells = {"grid": 2, "cells": [[0, 0], [1, 1]]}
        ready = ramp(40, 30)
        for view, count in (
            ({"kind": "whole"}, 1), ({"kind": "crops", **cells}, 2), ({"kind": "regions", "share": 0.5, **cells}, 2),
        ):
            self.assertEqual(tensor_for(shared, cut_for({**shared, **view}, ready)).shape, (count, 3, 8, 8))
        values = tensor_for(shared, crops(ready, 8, 2, ((1, 1),)))
        # The last square begins at column 32, row 22.
        self.assertEqual(values[0, :, 0, 0].tolist(), [(32 - 1) / 2, (22 - 2) / 2, (54 - 3) / 2])
        with self.assertRaises(ValueError):
            cut_for({**shared, "kind": "pyramid"}, ready)

    def test_what_is_too_small_is_mirrored_at_its_edges(self) -> None:
        line = np.arange(5, dtype=np.uint8)[None, :, None].repeat(9, axis=0).repeat(3, axis=2)
        self.assertEqual(padded(line, 8)[0, :, 0].tolist(), [2, 1, 0, 1, 2, 3, 4, 3])


if __name__ == "__main__":
    unittest.main()
