"""A detector that says the same louder and with a lean, brought back to what the old one said."""

import unittest

import numpy as np

from carry import Scale, carried, scale_between


def judged(count: int, seed: int = 1) -> tuple[dict[str, float], dict[str, int]]:
    """Log-odds that mean themselves: pictures are AI with the very probability that they give."""
    dice = np.random.default_rng(seed)
    logits = dice.normal(0, 2, count)
    truth = dice.random(count) < 1 / (1 + np.exp(-logits))
    names = [f"{at:064x}" for at in range(count)]
    return dict(zip(names, map(float, logits), strict=True)), dict(zip(names, map(int, truth), strict=True))


class ScaleBetween(unittest.TestCase):
    def test_twice_as_loud_and_leaning_is_halved_and_set_upright(self) -> None:
        before, labels = judged(2000)
        after = {name: 2 * logit + 3 for name, logit in before.items()}
        scale = scale_between(before, after, labels)
        self.assertAlmostEqual(scale.slope, 0.5, places=2)
        self.assertAlmostEqual(scale.offset, -1.5, places=2)
        self.assertEqual(scale.images, 2000)
        for name in list(before)[:20]:
            self.assertAlmostEqual(scale.slope * after[name] + scale.offset, before[name], delta=0.05)

    def test_only_pictures_that_both_judged_count(self) -> None:
        before, labels = judged(2000)
        after = {name: 2 * logit for name, logit in before.items() if int(name, 16) < 1500}
        self.assertEqual(scale_between(before, after, labels).images, 1500)

    def test_too_few_pictures_or_one_class_or_no_order_give_no_scale(self) -> None:
        before, labels = judged(2000)
        few = dict(list(before.items())[:5])
        with self.assertRaisesRegex(ValueError, "found 5"):
            scale_between(few, before, labels)
        with self.assertRaisesRegex(ValueError, "both classes"):
            scale_between(before, before, dict.fromkeys(labels, 1))
        with self.assertRaisesRegex(ValueError, "apart"):
            scale_between(before, {name: -logit for name, logit in before.items()}, labels)


class Carried(unittest.TestCase):
    old = {"version": "old-1", "calibration": {"a": 0.7}, "families": {"temperature": 2, "least": 0.3}}
    card = {
        "version": "new-1", "calibration": None, "families": {"names": ["none"], "temperature": 1, "least": 1},
        "combine": {"bias": 0.2, "weights": {"global": 1, "crop": 2}},
    }

    def test_what_the_engine_combines_is_the_scaled_sum(self) -> None:
        new = carried(self.card, self.old, Scale(0.5, -1.5, 2000), "2026-11-22")
        self.assertEqual(new["combine"], {"bias": -1.4, "weights": {"global": 0.5, "crop": 1.0}})
        self.assertEqual(new["calibration"], {"a": 0.7})
        self.assertEqual(new["families"], {"names": ["none"], "temperature": 2, "least": 0.3})
        self.assertEqual(new["scale"], {"of": "old-1", "slope": 0.5, "offset": -1.5, "images": 2000, "date": "2026-11-22"})

    def test_a_carried_card_names_the_detector_of_the_fit_when_it_is_carried_from(self) -> None:
        first = carried(self.card, self.old, Scale(1, 0, 2000), "2026-11-22")
        second = carried({**self.card, "version": "new-2"}, first, Scale(1, 0, 2000), "2026-11-23")
        self.assertEqual(second["scale"]["of"], "old-1")

    def test_twice_is_refused(self) -> None:
        once = carried(self.card, self.old, Scale(0.5, 0, 2000), "2026-11-22")
        with self.assertRaisesRegex(ValueError, "already"):
            carried(once, self.old, Scale(0.5, 0, 2000), "2026-11-22")


if __name__ == "__main__":
    unittest.main()
