import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import numpy as np
from PIL import Image

HERE = Path(__file__).resolve().parent.parent
sys.path += [str(HERE), str(HERE.parent / "fusion")]

try:
    from peers import CLIP, Clone, centre, squeezed, tensor
except ModuleNotFoundError as missing:  # a machine that only measures has no PyTorch
    raise unittest.SkipTest(f"needs {missing.name}") from missing


def ramp(width: int, height: int) -> Image.Image:
    y, x = np.mgrid[0:height, 0:width]
    return Image.fromarray(np.stack([x % 256, y % 256, (x + y) % 256], axis=2).astype(np.uint8))


class Preparing(unittest.TestCase):
    def test_the_middle_square_keeps_its_pixels(self) -> None:
        found = np.asarray(centre(ramp(300, 264), 256))
        self.assertEqual(found.shape, (256, 256, 3))
        self.assertEqual(found[0, 0].tolist(), [22, 4, 26])

    def test_a_half_pixel_goes_to_the_even_side_as_in_torchvision(self) -> None:
        # int(round(1 / 2)) is 0, int(round(3 / 2)) is 2.
        self.assertEqual(np.asarray(centre(ramp(257, 259), 256))[0, 0].tolist(), [0, 2, 2])

    def test_a_small_picture_stands_in_black(self) -> None:
        found = np.asarray(centre(Image.new("RGB", (5, 8), (9, 9, 9)), 8))[..., 0]
        # Three columns are lacking: one at the left, two at the right.
        np.testing.assert_array_equal(found, np.tile([0, 9, 9, 9, 9, 9, 0, 0], (8, 1)))

    def test_the_whole_is_squeezed_into_a_square(self) -> None:
        halves = Image.new("RGB", (400, 100), (0, 0, 0))
        halves.paste((200, 200, 200), (200, 0, 400, 100))
        found = np.asarray(squeezed(halves, 50))[..., 0]
        self.assertEqual(found.shape, (50, 50))
        self.assertEqual((found[:, :24].max(), found[:, 26:].min()), (0, 200))

    def test_values_are_less_the_mean_over_the_deviation(self) -> None:
        found = tensor(Image.new("RGB", (3, 2), (0, 255, 51)), CLIP)
        self.assertEqual(tuple(found.shape), (1, 3, 2, 3))
        wanted = [-0.48145466 / 0.26862954, (1 - 0.4578275) / 0.26130258, (0.2 - 0.40821073) / 0.27577711]
        np.testing.assert_allclose(found[0, :, 1, 2].numpy(), wanted, rtol=1e-5)


class AtOneCommit(unittest.TestCase):
    def test_code_is_read_at_the_commit_named_whatever_stands_in_the_work_tree(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            clone = Path(folder, "someone+something")
            clone.mkdir()

            def git(*words: str) -> str:
                name = ("-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false")
                return subprocess.run(["git", "-C", str(clone), *name, *words], check=True, capture_output=True, text=True).stdout

            git("init")
            (clone / "net.py").write_text("ANSWER = 1\n")
            git("add", "net.py")
            git("commit", "-m", "one")
            commit = git("rev-parse", "HEAD").strip()
            (clone / "net.py").write_text("ANSWER = 2\n")
            found = Clone(Path(folder), "someone/something", commit)
            self.assertEqual(found.module("net.py").ANSWER, 1)
            with self.assertRaisesRegex(FileNotFoundError, "lacks weights.pth"):
                found.read("weights.pth")

    def test_a_clone_that_is_not_there_is_named(self) -> None:
        with tempfile.TemporaryDirectory() as folder, self.assertRaisesRegex(FileNotFoundError, "no clone of someone/else"):
            Clone(Path(folder), "someone/else", "HEAD")


if __name__ == "__main__":
    unittest.main()
