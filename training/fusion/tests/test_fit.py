"""Known answers for the figures, and a whole fit on made-up measurements of known power."""

import csv
import hashlib
import json
import sys
import tempfile
import unittest
from pathlib import Path
from unittest.mock import patch

import numpy as np

import fit
from claims import CAMERA_CAP, Claims, capped, log_ratios
from data import NO_SCORES, Data, Scores, honest
from deciding import MOST_WRONG_CERTAIN, MOST_WRONG_LIKELY, Judged, Promises, Thresholds, Widths, called_by, chosen_anew, kept_elsewhere, settled
from fusing import Chosen, Unseen
from measures import (
    auc, bootstrap_by_group, calibration_error, class_weights, decision_threshold, resampled_auc, true_positive_rate,
)
from prepare import FIELDS
from results import State
from scales import on_one_scale
from stacking import Platt, deal, fit_logistic, fit_platt


class Measures(unittest.TestCase):
    def test_auc_by_hand(self) -> None:
        labels = np.array([1, 1, 0, 0])
        self.assertEqual(auc(labels, np.array([3.0, 1, 2, 0])), 0.75)
        self.assertEqual(auc(labels, np.array([1.0, 1, 1, 1])), 0.5)

    def test_resampled_areas_are_those_of_the_resampled_rows(self) -> None:
        dice = np.random.default_rng(3)
        groups = np.array([f"g{i}" for i in dice.integers(0, 9, 120)])
        labels, scores = dice.integers(0, 2, 120), dice.integers(0, 12, 120).astype(float)
        by_rows = [auc(labels[rows], scores[rows]) for rows in bootstrap_by_group(labels, groups, 20)]
        np.testing.assert_allclose(resampled_auc(labels, scores, groups, 20), by_rows)

    def test_true_positives_at_a_false_positive_rate(self) -> None:
        labels = np.array([1] * 4 + [0] * 10)
        scores = np.array([20.0, 8.5, 7, 0, *range(10)])
        self.assertEqual(true_positive_rate(labels, scores, 0.1), 0.5)
        self.assertEqual(true_positive_rate(labels, scores, 0.0), 0.25)

    def test_calibration_error_by_hand(self) -> None:
        labels, p = np.array([1, 0, 1, 1]), np.array([0.3, 0.3, 0.9, 0.9])
        # halves: |0.5 - 0.3| and |1 - 0.9|
        self.assertAlmostEqual(calibration_error(labels, p, np.ones(4), np.array([0.5])), 0.15)

    def test_classes_weigh_the_same(self) -> None:
        np.testing.assert_allclose(class_weights(np.array([1, 0, 0, 0])), [2, 2 / 3, 2 / 3, 2 / 3])

    def test_a_threshold_keeps_its_promise_with_one_source_to_spare(self) -> None:
        labels = np.array([1] * 100 + [0] * 100)
        each = np.arange(200).astype(str)
        clean = np.concatenate([np.linspace(0.6, 0.9, 100), np.linspace(0.1, 0.5, 100)])
        # all 100 called: (0 + 1) / 101 against 1 is 0.98 % wrong; none of class 0 may be called: 2 / 101 is 1.9 %
        self.assertAlmostEqual(decision_threshold(labels, clean, each, 0.015, 10) or 0, 0.6)
        self.assertIsNone(decision_threshold(labels, clean, each, 0.005, 10))
        self.assertIsNone(decision_threshold(labels, clean[::-1], each, 0.05, 10))
        self.assertIsNone(decision_threshold(np.ones(200, dtype=int), clean, each, 0.05, 10), "nothing to be wrong about")

    def test_a_source_weighs_one_however_many_images_it_has(self) -> None:
        # 40 sources of real images with one each at 0.3, and one with 60 at 0.95; AI images of 20 sources at 0.9.
        labels = np.array([1] * 20 + [0] * 100)
        p = np.array([0.9] * 20 + [0.3] * 40 + [0.95] * 60)
        groups = np.array([*(f"ai{i}" for i in range(20)), *(f"real{i}" for i in range(40)), *["odd"] * 60])
        # by sources (1 + 1) / 42 against 1 is 4.5 % wrong, by images 61 / 101 would be 38 %
        self.assertEqual(decision_threshold(labels, p, groups, 0.05, 1), 0.9)
        self.assertIsNone(decision_threshold(labels, p, np.arange(120).astype(str), 0.05, 1))
        self.assertIsNone(decision_threshold(labels, p, groups, 0.05, 1, 0.04), "2 of 42 real sources are 4.8 %")

    def test_ties_are_called_together(self) -> None:
        labels = np.array([1] * 50 + [0] * 50)
        self.assertIsNone(decision_threshold(labels, np.full(100, 0.9), np.arange(100).astype(str), 0.05, 1))


class Fitting(unittest.TestCase):
    def test_logistic_finds_the_odds_of_a_table(self) -> None:
        # x = 1: 30 of class 1, 10 of class 0; x = 0: the reverse. Log odds are +-ln 3.
        x = np.array([1.0] * 40 + [0.0] * 40)[:, None]
        y = np.array([1] * 30 + [0] * 10 + [1] * 10 + [0] * 30)
        found = fit_logistic(x, y, ridge=0.0)
        self.assertAlmostEqual(found.intercept, -np.log(3), places=4)
        self.assertAlmostEqual(float(found.weights[0]), 2 * np.log(3), places=4)

    def test_weights_never_turn_against_their_layer(self) -> None:
        y = np.array([1] * 50 + [0] * 50)
        x = -np.linspace(1, -1, 100)[:, None]
        self.assertEqual(float(fit_logistic(x, y, 0.0, never_negative=True).weights[0]), 0.0)

    def test_platt_finds_an_overconfident_scale(self) -> None:
        dice = np.random.default_rng(0)
        truth = dice.normal(0, 2, 20000)
        y = (dice.random(20000) < 1 / (1 + np.exp(-truth))).astype(int)
        self.assertAlmostEqual(fit_platt(3 * truth, y).slope, 1 / 3, delta=0.02)

    def test_groups_stay_whole_and_folds_hold_both_classes(self) -> None:
        groups = np.array([f"g{i // 5}" for i in range(200)])
        labels = np.array([i // 5 % 2 for i in range(200)])
        folds = deal(labels, groups, 8)
        for name in np.unique(groups):
            self.assertEqual(len(np.unique(folds[groups == name])), 1)
        for fold in range(8):
            self.assertEqual(set(labels[folds == fold]), {0, 1})

    def test_a_group_of_both_classes_lies_in_one_fold(self) -> None:
        groups = np.array(["both"] * 4 + [f"g{i // 2}" for i in range(20)])
        labels = np.array([0, 1, 0, 1] + [i // 2 % 2 for i in range(20)])
        self.assertEqual(len(np.unique(deal(labels, groups, 3)[groups == "both"])), 1)

    def test_rows_that_come_in_beside_move_no_source(self) -> None:
        dice = np.random.default_rng(7)
        groups, labels = dice.integers(0, 30, 400).astype(str), dice.integers(0, 2, 400)
        first = (np.arange(400) < 250) & (groups != "3")
        folds = deal(labels, groups, 5, first)
        np.testing.assert_array_equal(folds[first], deal(labels[first], groups[first], 5))
        for name in np.unique(groups):
            self.assertEqual(len(np.unique(folds[groups == name])), 1)
        np.testing.assert_array_equal(deal(labels, groups, 5, np.zeros(400, dtype=bool)), deal(labels, groups, 5))

    def test_newton_and_a_bounded_search_find_the_same_weights(self) -> None:
        dice = np.random.default_rng(2)
        x = dice.normal(size=(400, 3))
        y = (dice.random(400) < 1 / (1 + np.exp(-(x @ [1.0, 0.8, 0.6] + 0.3)))).astype(int)
        free, bounded = (fit_logistic(x, y, 2.0, never_negative=bound) for bound in (False, True))
        np.testing.assert_allclose(free.weights, bounded.weights, atol=1e-3)
        self.assertAlmostEqual(free.intercept, bounded.intercept, places=3)


class WhatFilesClaim(unittest.TestCase):
    def claims(self) -> Claims:
        # generated, composite, camera, edited, none; three repositories a class
        ai = [[10, 0, 0, 0, 0], [0, 0, 0, 0, 1000], [0, 0, 0, 0, 1]]
        real = [[0, 0, 5, 0, 5], [0, 0, 0, 0, 7], [0, 0, 0, 0, 8]]
        return Claims(np.array([1, 1, 1, 0, 0, 0]), np.array(list("abcdef")), np.array(ai + real, dtype=float))

    def test_every_repository_is_one_vote_and_one_more_claims_all_alike(self) -> None:
        ratios = log_ratios(self.claims())
        self.assertAlmostEqual(ratios["generated"], np.log((1 + 0.2) / 4 / (0.2 / 4)))
        self.assertAlmostEqual(ratios["camera"], np.log(0.2 / 4 / ((0.5 + 0.2) / 4)))
        self.assertEqual(ratios["none"], 0, "resampled repositories do not agree on what silence says")
        self.assertEqual(capped(ratios)["camera"], -CAMERA_CAP)

    def test_a_claim_never_argues_against_its_meaning(self) -> None:
        claims = self.claims()
        turned = log_ratios(Claims(1 - claims.labels, claims.repos, claims.counts))
        self.assertEqual((turned["generated"], turned["camera"]), (0, 0))


class Honesty(unittest.TestCase):
    def test_pictures_of_train_have_no_judgement_in_sample(self) -> None:
        measured = {"model": {"logit": 9.0}, "fingerprint": {"all": 1.0}, "noise": {"rms": 2.0}}
        seen = {"split": "train", "sha256": "a"}
        self.assertEqual(honest(measured, seen, NO_SCORES, NO_SCORES), {"noise": {"rms": 2.0}})
        scores = Scores({"a": {"logit": 1.0}}, frozenset({"m2"}))
        self.assertEqual(honest(measured, seen, scores, NO_SCORES), {"noise": {"rms": 2.0}})
        self.assertEqual(honest(measured, seen, NO_SCORES, scores), {"noise": {"rms": 2.0}, "model": {"logit": 1.0}})

    def test_another_detector_takes_the_place_of_the_measured_one(self) -> None:
        measured = {"model": {"logit": 9.0}, "noise": {"rms": 2.0}}
        scores = Scores({"a": {"logit": 1.0}}, frozenset({"m2"}))
        self.assertEqual(honest(measured, {"sha256": "a"}, scores, NO_SCORES)["model"], {"logit": 1.0})
        self.assertNotIn("model", honest(measured, {"sha256": "b"}, scores, NO_SCORES))


class Scales(unittest.TestCase):
    def test_out_of_fold_networks_are_as_sure_as_the_shipped_ones(self) -> None:
        """Normal clusters: theirs at -1 and 1 with deviation 1 (log-odds 2 x), the shipped at -3 and 5 with deviation 4
        (log-odds x / 2 - 1 / 2). So theirs becomes 4 x + 1."""
        dice = np.random.default_rng(6)
        labels, train = np.arange(8000) % 2, np.arange(8000) < 4000
        logits = np.where(train, 2 * labels - 1 + dice.normal(0, 1, 8000), 8 * labels - 3 + dice.normal(0, 4, 8000))
        words = np.array(["x"] * 8000)
        data = Data(
            labels=labels, groups=words, repos=words, deliveries=np.array(["mixed"] * 8000),
            splits=np.where(train, "train", "val"), kinds=words, formats=words, claims=words,
            included=np.zeros(8000, dtype=bool), shorter=np.ones(8000), bits_per_pixel=np.ones(8000),
            features=tuple({"model": {"logit": float(x)}, "noise": {"rms": 1.0}} for x in logits), model_versions=frozenset(),
        )
        matched = on_one_scale(data)
        found = matched.layer("model", ("logit",))[1][:, 0]
        slope, offset = np.polyfit(logits[train], found[train], 1)
        self.assertAlmostEqual(slope, 4, delta=0.4)
        self.assertAlmostEqual(offset, 1, delta=0.3)
        np.testing.assert_array_equal(found[~train], logits[~train])
        self.assertEqual(matched.features[0]["noise"], {"rms": 1.0})
        few = data.where(np.arange(8000) > 3900)
        self.assertIs(on_one_scale(few), few, "too few to match")


class Settling(unittest.TestCase):
    """A threshold ships where its promise is kept by thresholds fitted on other sources, and is taken back where not."""

    def judged(self, p: np.ndarray, labels: np.ndarray, groups: np.ndarray, kinds: np.ndarray | None = None, stored: int = 0) -> Judged:
        n = len(p)
        words = np.array(["x"] * n)
        data = Data(
            labels=labels, groups=groups, repos=groups, deliveries=np.array(["mixed"] * (n - stored) + ["stored"] * stored),
            splits=words, kinds=words if kinds is None else kinds, formats=words, claims=np.array(["none"] * n), included=np.zeros(n, dtype=bool),
            shorter=np.ones(n), bits_per_pixel=np.ones(n), features=tuple({} for _ in range(n)), model_versions=frozenset(),
        )
        folds = deal(labels, groups, 4)
        return Judged(data, folds, (), np.zeros(n, dtype=int), np.log(p / (1 - p)), np.zeros(n), np.zeros(n))

    def called(self, word: str, ai: int, real: int) -> np.ndarray:
        out = np.full(400, "inconclusive", dtype="<U24")
        out[np.flatnonzero(np.arange(300) % 2 == 1)[:ai]] = word
        out[np.flatnonzero(np.arange(300) % 2 == 0)[:real]] = word
        out[300:] = word  # as stored: has no say
        return out

    def test_one_wrong_in_eleven_is_too_many_and_one_in_forty_one_is_not(self) -> None:
        at = np.arange(400)
        judged = self.judged(np.full(400, 0.4), at % 2, at.astype(str), stored=100)
        for ai, real, most, kept in ((10, 1, MOST_WRONG_LIKELY, False), (40, 1, MOST_WRONG_LIKELY, True),
                                     (40, 1, MOST_WRONG_CERTAIN, False), (40, 0, MOST_WRONG_CERTAIN, True), (0, 0, 1, False)):
            self.assertEqual(kept_elsewhere(judged, self.called("ai-generated", ai, real), ("ai-generated",), 1, most), kept)
        self.assertTrue(kept_elsewhere(judged, self.called("likely-authentic", 1, 40), ("likely-authentic",), 0, MOST_WRONG_LIKELY))

    def test_no_large_kind_may_be_called_ai_more_than_one_time_in_ten(self) -> None:
        at = np.arange(2000)
        labels, art = at % 2, (at % 2 == 0) & (at < 200)
        crossed = np.full(2000, "inconclusive", dtype="<U24")
        crossed[labels == 1] = "likely-ai-generated"
        crossed[np.flatnonzero(art)[:11]] = "likely-ai-generated"
        # 11 of 1,000 real images are 1.1 % wrong, but 11 of the 100 of this kind
        for word, kept in (("art", False), ("x", True)):
            judged = self.judged(np.full(2000, 0.4), labels, at.astype(str), np.where(art, word, "x"))
            self.assertEqual(kept_elsewhere(judged, crossed, ("likely-ai-generated",), 1, MOST_WRONG_LIKELY), kept)

    def test_what_parts_all_sources_ships_and_what_only_one_source_has_does_not(self) -> None:
        at = np.arange(800)
        labels, sources = at % 2, (at // 8).astype(str)
        narrow = np.full(800, 0.05)
        parted = self.judged(np.where(labels == 1, 0.8, 0.2) + (at % 7) / 1000, labels, sources)
        thresholds, crossed = settled(parted, narrow)
        self.assertAlmostEqual(thresholds.likely_ai or 0, 0.8, delta=0.01)
        self.assertAlmostEqual(thresholds.likely_authentic or 0, 0.2, delta=0.01)
        self.assertEqual({*crossed[labels == 1]}, {"likely-ai-generated"})
        mixed = self.judged(np.where((labels == 1) & (at < 160), 0.8, 0.3) + (at % 7) / 1000, labels, sources)
        wide = np.full(800, 0.4)
        self.assertEqual(settled(mixed, wide)[0], Thresholds(None, None, None), "the band reaches across even odds")

    def test_what_is_chosen_anew_knows_nothing_of_the_source_it_judges(self) -> None:
        at = np.arange(1600)
        labels, sources = at // 8 % 2, (at // 8).astype(str)
        odd = at < 8  # one real source that looks more like AI than AI does
        judged = self.judged(np.where(odd, 0.9, np.where(labels == 1, 0.8, 0.2) + (at % 7) / 1000), labels, sources)
        anew = chosen_anew(judged, np.full(1600, 0.05))
        self.assertEqual({*anew[odd]}, {"likely-ai-generated"}, "the other folds had no cause to be careful")
        self.assertNotIn("likely-ai-generated", anew[(labels == 0) & ~odd])

    def test_folds_are_judged_by_their_own_thresholds(self) -> None:
        at = np.arange(80)
        judged = self.judged(np.full(80, 0.7), at % 2, (at // 4).astype(str))
        folds = sorted(set(judged.folds.tolist()))
        by_fold = {fold: Thresholds(None, 0.6 if fold == folds[0] else 0.9, None) for fold in folds}
        crossed = called_by(judged, np.full(80, 0.05), by_fold)
        np.testing.assert_array_equal(crossed == "likely-ai-generated", judged.folds == folds[0])


class Sets(unittest.TestCase):
    def test_a_set_that_may_say_nothing_does_not_go_before_one_that_may(self) -> None:
        def first_answers(*likely: float | None) -> bool:
            names = [("model", "noise"), ("model",), ("noise",)][: len(likely)]
            sets = [Unseen(name, 0.0, {}, {}, Platt(1, 0), np.zeros(1), {}) for name in names]
            by_set = {name: Thresholds(None, at, None) for name, at in zip(names, likely, strict=True)}
            words = np.array(["inconclusive"])
            state = State(Settling().judged(np.full(1, 0.4), np.zeros(1, dtype=int), words), Promises(by_set, words, words, words, np.zeros(1)))
            widths = Widths((0.1,) * 5, 256, 0.1, 0.1, 0.1, 0.1, 1, 0.1)
            return fit.Weighed(sets, np.ones(1, dtype=bool), widths, {}, {"with the detector": state}).answers_first()

        self.assertTrue(first_answers(0.9, 0.9, None))
        self.assertTrue(first_answers(0.9, None, None))
        self.assertTrue(first_answers(None, None, 0.9), "the third knows nothing of the detector")
        self.assertFalse(first_answers(None, 0.9, None))

    def test_the_detector_goes_before_any_number_of_other_layers(self) -> None:
        chosen = Chosen(earning=("texture", "edge"), with_model=("model", "noise"))
        self.assertEqual(chosen.keys(), [
            ("model", "noise"), ("model",), ("edge", "texture"), ("edge",), ("texture",),
        ])
        self.assertEqual(Chosen(("edge",), ()).keys(), [("edge",)])


class Whole(unittest.TestCase):
    """The script from files to files: a strong model, a useless frequency layer, a claim in every tenth file."""

    def test_a_fit_of_made_up_measurements(self) -> None:
        dice, others = np.random.default_rng(4), np.random.default_rng(5)
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            with (folder / "manifest.tsv").open("w", newline="") as file, (folder / "x.jsonl").open("w") as lines:
                table = csv.DictWriter(file, FIELDS, delimiter="\t", lineterminator="\n", restval="")
                table.writeheader()
                for i in range(1200):  # the last third was judged by the detector alone, and never measured
                    label, delivery = i % 2, ("mixed", "mixed", "hard", "stored")[i // 2 % 4]
                    sha = hashlib.sha256(str(i).encode()).hexdigest()
                    repo = f"{'ai' if label else 'real'}/{i // 2 % 53}"  # fewer than twenty sources could promise nothing
                    table.writerow({
                        "delivery": delivery, "label": "ai" if label else "real", "kind": "k", "repo": repo,
                        "group": repo, "sha256": sha, "included": 0, "format": "JPEG", "width": 400, "height": 300,
                        "bytes": 20000 + i,
                    })
                    stated = label and delivery == "stored" and i % 20 == 7
                    measured = {"frequency": {"slope": dice.normal()}, "ela": {}, "noise": {"rms": 2 * (label - 0.5) + others.normal(0, 1)}}
                    lines.write(json.dumps({
                        "file": str(i), "sha256": sha, "modelVersion": "m1",
                        "layers": {x: {"status": "clear"} for x in ("model", "frequency", "noise", "ela", "metadata")}
                        | ({"ela": {"status": "unavailable"}}),
                        "features": {"model": {"logit": 6 * (label - 0.5) + dice.normal(0, 2)}} | (measured if i < 800 else {}),
                        "claims": {"metadata": {"kind": "generated"}} if stated else {},
                    }) + "\n")
            claims = folder / "claims.tsv"
            claims.write_text("split\tlabel\trepo\tclaim\tfiles\n" + "".join(
                f"val\t{'ai' if i % 2 else 'real'}\t{i % 2}/{i}\t{'generated' if i in (1, 3, 5) else 'none'}\t9\n" for i in range(20)
            ))
            (folder / "fusion.json").write_text('{"manipulation": {"kept": true}}')
            card = folder / "model.json"
            card.write_text(json.dumps({"version": "m1", "calibration": None}))
            arguments = ["fit.py", str(folder / "x.jsonl"), "--manifest", str(folder / "manifest.tsv"),
                         "--claims", str(claims), "--out", str(folder / "fusion.json"), "--card", str(card), "--results", str(folder / "r.md")]
            with patch.object(sys, "argv", arguments), patch("results.TIMES", 20), patch(
                "deciding.TIMES", 20
            ), patch("layers.OUTER_FOLDS", 5), patch("fusing.RESAMPLES", 100):
                self.assertEqual(fit.main(), 0)

            fusion = json.loads((folder / "fusion.json").read_text())
            self.assertEqual(fusion["fitted"]["images"], 1200)
            self.assertEqual(fusion["fitted"]["modelVersion"], "m1")
            by_layers = {tuple(s["layers"]): s for s in fusion["sets"]}
            self.assertEqual(list(by_layers)[-1], (), "the empty set is the last resort")
            self.assertIn(("noise",), by_layers, "the weaker layer has a say where the detector did not run")
            self.assertLess(list(by_layers).index(("model",)), list(by_layers).index(("noise",)))
            self.assertNotIn("frequency", fusion["layers"], "the useless layer earns no say")
            self.assertEqual(by_layers["model",]["weights"], {"model": 1}, "one layer is scaled once, in stage 1")
            both = fusion["sets"][0]
            self.assertIn("model", both["layers"], "what ranks best has the first word: the detector and all figures")
            self.assertEqual(set(both["fits"]), {"frequency", "noise"})
            # Both are independent, so their log-odds add: the detector's as they are, noise's 2 x its figure.
            slope, fitted = both["calibration"]["slope"], both["fits"]["noise"]["terms"][0]
            self.assertAlmostEqual(slope * both["weights"]["model"], 1, delta=0.25)
            self.assertAlmostEqual(slope * both["weights"]["noise"] * fitted["coefficient"] / fitted["scale"], 2, delta=0.5)
            self.assertGreater(fusion["layers"]["metadata"]["logRatios"]["generated"], 1)
            self.assertIsNotNone(by_layers["model",]["verdicts"]["likelyAiGenerated"])
            self.assertIsNotNone(by_layers["model",]["verdicts"]["likelyAuthentic"])
            self.assertEqual(fusion["manipulation"], {"kept": True}, "splices.py fits that")
            # Normal clusters at -3 and 3 with deviation 2: the log-odds are exactly 1.5 x the logit.
            self.assertAlmostEqual(json.loads(card.read_text())["calibration"]["a"], 1.5, delta=0.3)
            page = (folder / "r.md").read_text()
            for part in ("With the detector", "Without the detector", "trees:start", "splices:start"):
                self.assertIn(part, page)


if __name__ == "__main__":
    unittest.main()
