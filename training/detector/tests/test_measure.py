import json
import sys
import tempfile
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
sys.path += [str(HERE), str(HERE.parent / "fusion")]

from evaluate import images_of, same_as  # noqa: E402
from measure import beside, differences, scores_of  # noqa: E402
from sources import Listed  # noqa: E402


def row(sha256: str, delivery: str, width: int = 64, label: str = "ai", **logits: float) -> dict:
    models = {name: {"whole": {"logit": value}} for name, value in logits.items()}
    return {"sha256": sha256, "label": label, "repo": sha256, "delivery": delivery, "width": width, "height": 64, "models": models}


class Beside(unittest.TestCase):
    def test_only_deliveries_that_both_judged_remain_in_the_order_of_the_first(self) -> None:
        ours = [row("b", "web", ours=1), row("a", "web", ours=2), row("a", "hard", ours=3), row("c", "web", ours=4)]
        peers = [row("a", "web", peer=5), row("b", "web", peer=6), row("d", "web", peer=7)]
        joined = beside(ours, peers)
        self.assertEqual([(one["sha256"], one["delivery"]) for one in joined], [("b", "web"), ("a", "web")])
        self.assertEqual(scores_of(joined, "ours")["whole"].tolist(), [1, 2])
        self.assertEqual(scores_of(joined, "peer")["whole"].tolist(), [6, 5])
        self.assertEqual(list(ours[0]["models"]), ["ours"])

    def test_a_model_twice_is_refused(self) -> None:
        with self.assertRaisesRegex(ValueError, "in both files: ours"):
            beside([row("a", "web", ours=1)], [row("a", "web", ours=2)])

    def test_another_picture_under_the_same_name_is_refused(self) -> None:
        with self.assertRaisesRegex(ValueError, "not the same picture"):
            beside([row("a", "web", ours=1)], [row("a", "web", width=65, peer=2)])

    def test_differences_are_of_the_same_images(self) -> None:
        # Ours ranks every image right, the peer every one wrong: the difference of the areas is 1, in every draw.
        ours = [row(f"{n}", "web", label="ai" if n % 2 else "real", ours=n % 2) for n in range(8)]
        peers = [row(f"{n}", "web", peer=-(n % 2)) for n in reversed(range(8))]
        (line,) = differences("web", beside(ours, peers), ["ours", "peer"])
        self.assertIn("+1.000 (+1.000 to +1.000), 8 repositories", line)


class Like(unittest.TestCase):
    def test_the_images_of_an_earlier_run_each_once_in_its_order(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            scores = Path(folder, "scores.jsonl")
            lines = [row("b", "web"), row("b", "hard"), row("a", "web")]
            scores.write_text("".join(json.dumps(line) + "\n" for line in lines))
            rows = [Listed("val", "ai", "kind", "repo", "commit", "path", sha, 64, 64, "png", "") for sha in "abc"]
            self.assertEqual([one.sha256 for one in same_as(rows, images_of(scores))], ["b", "a"])
            with self.assertRaisesRegex(ValueError, "lack 1 of 2 images: b"):
                same_as(rows[:1], images_of(scores))


if __name__ == "__main__":
    unittest.main()
