import sys
import unittest
from pathlib import Path

import numpy as np
from PIL import Image

sys.path.append(str(Path(__file__).resolve().parent.parent))

from views import crops, offsets, padded, prepared, whole  # noqa: E402


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

    def test_what_is_too_small_is_mirrored_at_its_edges(self) -> None:
        line = np.arange(5, dtype=np.uint8)[None, :, None].repeat(9, axis=0).repeat(3, axis=2)
        self.assertEqual(padded(line, 8)[0, :, 0].tolist(), [2, 1, 0, 1, 2, 3, 4, 3])


if __name__ == "__main__":
    unittest.main()
