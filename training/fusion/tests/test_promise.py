"""The verdict's words: said where enough sources show that they are seldom wrong, and by the engine's own weights."""

import csv
import json
import math
import sys
import tempfile
import unittest
from pathlib import Path
from unittest.mock import patch

import numpy as np

import promise
from data import load, read_manifests
from prepare import FIELDS
from weighed import check_same, evidence_of, read_answers, sets_of

SILENT = {"aiGenerated": None, "likelyAiGenerated": 0.9, "likelyAuthentic": None}


def weights() -> dict:
    """Two sets: the detector with a figure of the noise, and the detector alone; the last resort weighs nothing."""
    term = {"feature": "rms", "mean": 1, "scale": 2, "coefficient": 4, "low": 0, "high": 3}
    scaled = {"slope": 0.5, "intercept": 0.25}
    return {
        "fitted": {"date": "2026-11-01", "images": 9},
        "layers": {
            "model": {"kind": "own", "low": -4, "high": 4},
            "metadata": {"kind": "claims", "logRatios": {"generated": 3, "composite": 1, "camera": -3, "edited": 1, "none": 0.1}},
        },
        "sets": [
            {"layers": ["model", "noise"], "intercept": 1, "weights": {"model": 2, "noise": 1}, "calibration": scaled, "halfWidth": 0.05,
             "fits": {"noise": {"kind": "logistic", "intercept": 0.5, "terms": [term]}}, "verdicts": SILENT},
            {"layers": ["model"], "intercept": 0, "weights": {"model": 1}, "calibration": {"slope": 1, "intercept": 0}, "halfWidth": 0.05,
             "verdicts": SILENT},
            {"layers": [], "intercept": 0, "weights": {}, "calibration": {"slope": 1, "intercept": 0}, "halfWidth": 0.5,
             "verdicts": SILENT | {"likelyAiGenerated": None}},
        ],
        "uncertainty": {
            "zones": [{"upTo": upto, "halfWidth": 0.05} for upto in (0.2, 0.4, 0.6, 0.8, 1)],
            "small": {"shorterSide": 256, "halfWidth": 0.05}, "recompressed": {"bitsPerPixel": 0.1, "halfWidth": 0.05},
            "pixelsOnly": {"halfWidth": 0.05}, "conflict": {"logOdds": 50, "halfWidth": 0.05},
        },
    }


def sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x))


class Files:
    """A manifest, the engine's answers and weights in a folder of their own."""

    def __init__(self, folder: Path) -> None:
        self.answers, self.manifest, self.weights = folder / "a.jsonl", folder / "m.tsv", folder / "fusion.json"
        self.weights.write_text(json.dumps(weights()))
        self.lines: list[str] = []
        self.rows: list[dict[str, object]] = []

    def add(self, label: str, repo: str, logit: float, probability: float, rms: float | None = None, kind: str = "k", delivery: str = "mixed") -> None:
        """`logit`: what the detector says, calibrated."""
        sha = f"{len(self.rows):064x}"
        self.rows.append({
            "delivery": delivery, "split": "train", "label": label, "kind": kind, "repo": repo, "group": repo, "sha256": sha, "included": 0,
            "format": "PNG", "width": 400, "height": 300, "bytes": 20000,
        })
        noise = {} if rms is None else {"noise": {"rms": rms}}
        self.lines.append(json.dumps({
            "file": sha, "sha256": sha, "probability": probability, "modelVersion": "m1", "claims": {},
            "layers": {"model": {"status": "clear", "score": sigmoid(logit)}, **{name: {"status": "clear", "score": None} for name in noise}},
            "features": {"model": {"logit": 7}, **noise},
        }))

    def write(self) -> None:
        self.answers.write_text("\n".join(self.lines) + "\n")
        with self.manifest.open("w", newline="") as file:
            table = csv.DictWriter(file, FIELDS, delimiter="\t", lineterminator="\n", restval="")
            table.writeheader()
            table.writerows(self.rows)

    def run(self, *more: str) -> None:
        self.write()
        arguments = ["promise.py", str(self.answers), "--manifest", str(self.manifest), "--out", str(self.weights), *more]
        with patch.object(sys, "argv", arguments), patch("promise.print"):
            promise.main()

    def thresholds(self, name: str = "likelyAuthentic") -> list[float | None]:
        return [one["verdicts"][name] for one in json.loads(self.weights.read_text())["sets"]]


class Case(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.files = Files(Path(folder.name))


class Weighed(Case):
    def read(self) -> tuple[dict, object]:
        self.files.write()
        return weights(), load([self.files.answers], unsplit(self.files.manifest), read_answers([self.files.answers]))[0]

    def test_sets_weigh_as_the_engine_does(self) -> None:
        # Noise 2 -> 0.5 + 4 (2 - 1) / 2 = 2.5; with the detector's 1: 0.5 (1 + 2 * 1 + 2.5) + 0.25 = 3.
        self.files.add("ai", "a/a", 1, sigmoid(3.1), rms=2)
        # Noise held to 3 -> 4.5, the detector to 4: 0.5 (1 + 8 + 4.5) + 0.25 = 7.
        self.files.add("ai", "a/b", 9, 0.99, rms=50)
        self.files.add("real", "b/c", -2, sigmoid(-1.9))
        config, data = self.read()
        both, alone = sets_of(config, data)
        np.testing.assert_allclose(both.log_odds, [3, 7, np.nan])
        np.testing.assert_allclose(alone.log_odds, [1, 4, -2])
        np.testing.assert_allclose(evidence_of(config, data), 0.1)
        np.testing.assert_allclose(both.parts["noise"], [1.25, 2.25, 0])
        check_same(config, data)

    def test_what_a_stored_file_states_may_move_its_answer(self) -> None:
        self.files.add("real", "a/a", 1, sigmoid(1.1))
        self.files.add("ai", "a/b", 1, 0.99, delivery="stored")
        check_same(*self.read())

    def test_answers_by_other_weights_are_refused(self) -> None:
        self.files.add("ai", "a/a", 1, sigmoid(3), rms=2)
        config, data = self.read()
        with self.assertRaisesRegex(ValueError, "other weights: 0.00"):
            check_same(config, data)


def unsplit(manifest: Path) -> dict:
    return {sha: [row | {"split": "val"} for row in rows] for sha, rows in read_manifests([manifest])[0].items()}


class Word(Case):
    def pictures(self, sources: int, low: int = 0, low_kind: str = "k", each: int = 4) -> None:
        """`each` pictures a source: real ones half below and half above even odds, generated ones above, but `low` of them."""
        for source in range(sources):
            for at in range(each):
                real = -3 + source % 7 / 100 if at < each // 2 else 0.5
                self.files.add("real", f"real/{source}", real, sigmoid(real + 0.1))
        for source in range(sources):
            for at in range(each):
                below = source * each + at < low
                said = -3.5 if below else 1.5
                self.files.add("ai", f"ai/{source}", said, sigmoid(said + 0.1), kind=low_kind if source < 26 else "k")

    def test_enough_sources_let_the_words_be_said_and_all_else_stays(self) -> None:
        self.pictures(60)
        self.files.run()
        first, alone, empty = self.files.thresholds()
        self.assertIsNone(first, "noise was never measured: that set has judged nothing")
        self.assertIsNone(empty)
        # The largest of what is said of real pictures below even odds: -3 + 0.06 and what saying nothing of its maker adds.
        self.assertAlmostEqual(alone or 0, sigmoid(-2.94 + 0.1), places=5)
        self.assertEqual(self.files.thresholds("likelyAiGenerated")[::2], [0.9, None])
        self.assertAlmostEqual(self.files.thresholds("likelyAiGenerated")[1] or 0, sigmoid(1.5 + 0.1), places=5)
        after = json.loads(self.files.weights.read_text())
        told = after["fitted"].pop("promises")
        self.assertEqual((told["command"], told["images"]), ("python promise.py a.jsonl", 480))
        for one, before in zip(after["sets"], weights()["sets"], strict=True):
            one["verdicts"] = before["verdicts"]
        self.assertEqual(after, weights())

    def test_few_sources_cannot_show_it(self) -> None:
        # One source more, all wrong: 1 in 16 of generated ones against a half of real ones is more than one in twenty.
        self.pictures(15, each=16)
        self.files.run()
        self.assertEqual(self.files.thresholds(), [None, None, None])
        self.assertEqual(self.files.thresholds("likelyAiGenerated"), [0.9, None, None], "a word is taken back where it is not shown")

    def test_a_generator_that_passes_for_real_forbids_it(self) -> None:
        # 16 of 104 pictures of one generator below all real ones: 1.5 % of generated ones, 15 % of that generator's.
        for kind, said in (("k", True), ("smooth", False)):
            with self.subTest(kind=kind):
                self.setUp()
                self.pictures(260, low=16, low_kind=kind)
                self.files.run()
                self.assertEqual(self.files.thresholds()[1] is not None, said)

    def test_what_is_called_wrongly_is_told_by_kind(self) -> None:
        self.pictures(60, low=3, low_kind="smooth")
        self.files.write()
        data = load([self.files.answers], unsplit(self.files.manifest), read_answers([self.files.answers]))[0]
        called = np.array([row["model"]["said"] < 0 for row in data.features])
        self.assertEqual(promise.of_kinds(data, called, claimed=0), "0 of 136 k, 3 of 104 smooth")

    def test_printing_writes_nothing(self) -> None:
        self.pictures(60)
        self.files.run("--print")
        self.assertEqual(json.loads(self.files.weights.read_text()), weights())

    def test_too_few_pictures_are_an_error(self) -> None:
        self.pictures(20)
        with self.assertRaisesRegex(SystemExit, "expected 200 pictures of both classes that the detector judged, found 160"):
            self.files.run()


if __name__ == "__main__":
    unittest.main()
