import io
import unittest
from collections import Counter

import numpy as np
from PIL import Image

from delivery import HARD, QUALITY, SHRINK, WEB, Encoding, Recipe, deliver, matched_recipe, open_flat, shrink


def picture(size: tuple[int, int], format: str = "PNG", mode: str = "RGB", **options: object) -> bytes:
    dice = np.random.default_rng(1)
    noise = dice.integers(0, 256, (size[1], size[0], len(mode)), dtype=np.uint8)
    out = io.BytesIO()
    Image.fromarray(noise, mode).save(out, format, **options)
    return out.getvalue()


class Matched(unittest.TestCase):
    def test_both_of_a_pair_come_out_alike(self) -> None:
        ai, real = picture((512, 512)), picture((900, 600), "JPEG", quality=99)
        for number in range(20):
            recipe = matched_recipe((512, 600), f"pair-{number}")
            with Image.open(io.BytesIO(deliver(ai, recipe))) as a, Image.open(io.BytesIO(deliver(real, recipe))) as b:
                self.assertEqual(a.format, b.format)
                self.assertEqual(min(a.size), min(b.size))
                self.assertEqual(getattr(a, "quantization", None), getattr(b, "quantization", None))
                self.assertFalse({"exif", "icc_profile", "xmp", "parameters"} & {*a.info, *b.info})

    def test_the_recipe_knows_nothing_but_seed_and_sizes(self) -> None:
        self.assertEqual(matched_recipe((512, 600), "7"), matched_recipe((600, 512), "7"))

    def test_never_enlarged_and_always_resampled(self) -> None:
        for number in range(200):
            recipe = matched_recipe((300, 2000), str(number))
            self.assertLessEqual(recipe.shorter, int(SHRINK * 300))

    def test_every_format_and_the_whole_range_of_quality_occur(self) -> None:
        recipes = [matched_recipe((4000, 4000), str(number)) for number in range(2000)]
        formats = Counter(recipe.encodings[0].format for recipe in recipes)
        self.assertAlmostEqual(formats["JPEG"] / 2000, 0.65, delta=0.04)
        self.assertAlmostEqual(formats["WEBP"] / 2000, 0.20, delta=0.04)
        self.assertAlmostEqual(sum(len(r.encodings) == 2 for r in recipes) / 2000, 0.30, delta=0.04)
        lossy = {r.last.quality for r in recipes if r.last.format != "PNG"}
        self.assertEqual((min(lossy), max(lossy)), QUALITY)
        self.assertEqual((min(r.shorter for r in recipes) < 240, max(r.shorter for r in recipes) > 1000), (True, True))


class Flattening(unittest.TestCase):
    def test_alpha_lies_over_white(self) -> None:
        out = io.BytesIO()
        Image.new("RGBA", (4, 4), (10, 20, 30, 0)).save(out, "PNG")
        self.assertEqual(open_flat(out.getvalue()).getpixel((1, 1)), (255, 255, 255))

    def test_stands_upright(self) -> None:
        exif = Image.Exif()
        exif[0x0112] = 6
        out = io.BytesIO()
        Image.new("RGB", (40, 20)).save(out, "JPEG", exif=exif)
        self.assertEqual(open_flat(out.getvalue()).size, (20, 40))

    def test_refuses_what_is_no_picture(self) -> None:
        with self.assertRaises(OSError):
            deliver(b"<html>", WEB)


class Fixed(unittest.TestCase):
    def test_web_and_hard(self) -> None:
        content = picture((1600, 1200))
        for recipe, shorter in ((WEB, 768), (HARD, 512)):
            with Image.open(io.BytesIO(deliver(content, recipe))) as image:
                self.assertEqual((image.format, min(image.size)), ("JPEG", shorter))
        self.assertEqual(shrink(Image.new("RGB", (300, 200)), 512, "bicubic").size, (300, 200))

    def test_twice_is_twice(self) -> None:
        content = picture((300, 300))
        once = Recipe(200, "bicubic", (Encoding("JPEG", 90, 2),))
        twice = Recipe(200, "bicubic", (Encoding("JPEG", 55, 2), Encoding("JPEG", 90, 2)))
        self.assertNotEqual(deliver(content, once), deliver(content, twice))


if __name__ == "__main__":
    unittest.main()
