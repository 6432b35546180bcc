"""Known answers for the thresholds of `manipulation`, and its weights on figures of known direction."""

import unittest

import numpy as np

from splices import fit_signs, found_at, thresholds, upper


class Thresholds(unittest.TestCase):
    def test_each_kind_of_untouched_picture_keeps_the_rate_by_itself(self) -> None:
        spliced = np.linspace(0.5, 0.99, 100)
        calm, loud = np.linspace(0.0, 0.4, 100), np.linspace(0.0, 0.6, 100)
        possible, likely, _ = thresholds(spliced, {"calm": calm, "loud": loud})
        assert possible is not None and likely is not None
        for bound, most in ((possible, 0.02), (likely, 0.01)):
            self.assertLessEqual(max((calm >= bound).mean(), (loud >= bound).mean()), most)
        self.assertGreater(possible, 0.58)

    def test_what_finds_no_more_than_it_alarms_is_not_given(self) -> None:
        same = np.linspace(0, 1, 200)
        possible, likely, lines = thresholds(same, {"untouched": same})
        self.assertEqual((possible, likely), (None, None))
        self.assertIn("NOT given", lines[0])

    def test_likely_needs_enough_untouched_pictures_to_promise(self) -> None:
        spliced = np.full(100, 0.9)
        self.assertIsNone(thresholds(spliced, {"few": np.zeros(10)})[1])  # 1 of 11 may be false
        self.assertIsNotNone(thresholds(spliced, {"many": np.zeros(100)})[1])

    def test_upper_end_of_no_error_in_n(self) -> None:
        self.assertAlmostEqual(upper(0, 100), 1 - 0.025 ** (1 / 100), places=9)


class Signs(unittest.TestCase):
    def test_no_figure_counts_against_tampering(self) -> None:
        dice = np.random.default_rng(5)
        labels = np.repeat([0, 1], 200)
        raw = np.stack([dice.normal(2.0 * labels), dice.normal(-2.0 * labels)], axis=1)
        groups = np.array([f"g{i % 40}" for i in range(400)])
        model, unseen = fit_signs(("up", "down"), raw, labels, groups)
        self.assertGreater(model.logistic.weights[0], 0)
        self.assertEqual(model.logistic.weights[1], 0)
        self.assertGreater(found_at(labels, unseen, 0.1), 0.5)


if __name__ == "__main__":
    unittest.main()
