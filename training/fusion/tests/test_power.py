import unittest

import numpy as np

from data import Data
from pages import marked, part_of, replaced
from power import power_of


class Parts(unittest.TestCase):
    def test_only_what_stands_between_the_marks_is_replaced(self) -> None:
        old = f"# Layer\n\n{marked('power', 'old | table')}\n\n## Limits\n"
        new = replaced(old, "power", "new")
        self.assertEqual(new, f"# Layer\n\n{marked('power', 'new')}\n\n## Limits\n")
        self.assertEqual(part_of(new, "power"), "new")

    def test_without_marks_nothing_is_guessed(self) -> None:
        self.assertIsNone(part_of("# Layer\n", "power"))
        with self.assertRaises(ValueError):
            replaced("# Layer\n", "power", "new")


class DidNotRun(unittest.TestCase):
    def counts(self, name: str, scores: list[float]) -> list[str]:
        """AI, real, did not run: two pictures that the engine measured (`noise` ran on the first), one of them of
        `train`, and one that the detector alone judged."""
        words = np.array(["x"] * 3)
        data = Data(
            labels=np.array([1, 0, 1]), groups=words, repos=words, deliveries=np.array(["mixed"] * 3),
            splits=np.array(["val", "train", "train"]), kinds=words, formats=words, claims=words,
            included=np.zeros(3, dtype=bool), shorter=np.ones(3), bits_per_pixel=np.ones(3),
            features=({"model": {"logit": 1.0}, "noise": {"rms": 1.0}}, {"edge": {"x": 1.0}}, {"model": {"logit": 2.0}}),
            model_versions=frozenset(),
        )
        return power_of(name, data, np.array(scores), "mixed")[:3]

    def test_a_picture_that_only_the_detector_judged_counts_for_the_detector_alone(self) -> None:
        self.assertEqual(self.counts("noise", [0.5, np.nan, np.nan]), ["1", "0", "1"])
        self.assertEqual(self.counts("model", [1.0, np.nan, 2.0]), ["2", "0", "0"])

    def test_a_layer_that_learned_on_train_was_not_asked_about_its_pictures(self) -> None:
        self.assertEqual(self.counts("fingerprint", [0.5, np.nan, np.nan]), ["1", "0", "0"])


if __name__ == "__main__":
    unittest.main()
