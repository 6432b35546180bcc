"""The engine's words counted, against figures worked out by hand."""

import json
import sys
import tempfile
import unittest
from pathlib import Path
from unittest.mock import patch

import verdicts
from prepare import FIELDS
from verdicts import by_kind, judged, least_like, nearness, read_verdicts, words

MARKED = "before\n<!-- verdicts:start -->\nold\n<!-- verdicts:end -->\nafter\n"


class Case(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.answers, self.manifest = self.folder / "a.jsonl", self.folder / "m.tsv"
        self.lines: list[str] = []
        self.rows: list[dict[str, object]] = []

    def add(self, label: str, group: str, probability: float, said: str = "inconclusive", detector: float | None = None, delivery: str = "mixed") -> None:
        sha = f"{len(self.rows):064x}"
        self.rows.append({"sha256": sha, "label": label, "group": group, "repo": group, "kind": f"{label}-kind", "delivery": delivery})
        self.lines.append(json.dumps({
            "file": sha, "sha256": sha, "verdict": said, "probability": probability,
            "layers": {"model": {"status": "clear", "score": detector}},
        }))

    def write(self) -> None:
        self.answers.write_text("\n".join(self.lines) + "\n")
        table = ["\t".join(FIELDS), *("\t".join(str(row.get(name, "")) for name in FIELDS) for row in self.rows)]
        self.manifest.write_text("\n".join(table) + "\n")

    def read(self) -> verdicts.Verdicts:
        self.write()
        return read_verdicts([self.answers], [self.manifest])[0]

    def run_main(self, *more: str) -> None:
        self.write()
        arguments = ["verdicts.py", str(self.answers), "--manifest", str(self.manifest), *more]
        with patch.object(sys, "argv", arguments), patch("verdicts.print"):
            verdicts.main()


class Counting(Case):
    def test_wrong_is_told_at_even_odds_however_many_of_each_class_there_are(self) -> None:
        # Half of two AI pictures, one in eight of the others: (1/8) / (1/2 + 1/8) = 20 %.
        self.add("ai", "a", 0.9, "ai-generated")
        self.add("ai", "b", 0.5)
        self.add("real", "c", 0.9, "likely-ai-generated")
        for at in range(7):
            self.add("real", f"d{at}", 0.1)
        line = words(self.read())[2]
        cells = line.split("|")
        self.assertEqual([cell.split()[0] for cell in cells[2:5]], ["50.0", "12.5", "20.0"])

    def test_a_word_that_is_never_said_has_no_share_wrong(self) -> None:
        self.add("ai", "a", 0.9)
        self.add("real", "b", 0.1)
        self.assertEqual(words(self.read())[3], "| probably not AI | never | never | |")

    def test_not_ai_is_right_of_real_pictures(self) -> None:
        # One of four AI pictures, all three of the others: (1/4) / (1/4 + 1) = 20 %.
        for at in range(4):
            self.add("ai", f"a{at}", 0.1, "likely-authentic" if at == 0 else "inconclusive")
        for at in range(3):
            self.add("real", f"b{at}", 0.1, "likely-authentic")
        cells = words(self.read())[3].split("|")
        self.assertEqual([cell.split()[0] for cell in cells[2:5]], ["25.0", "100.0", "20.0"])

    def test_kinds_of_each_class(self) -> None:
        self.add("ai", "a", 0.9, "ai-generated")
        self.add("ai", "a", 0.9, "likely-ai-generated")
        self.add("real", "b", 0.1, "likely-authentic")
        self.add("real", "c", 0.1)
        self.assertEqual(by_kind(self.read())[2:], ["| AI | ai-kind | 2 | 1 | 2 | 0 |", "| real | real-kind | 2 | 2 | 0 | 1 |"])


class Judging(Case):
    def test_what_the_detector_refused_counts_for_all_layers_only(self) -> None:
        # All layers order two pairs of four wrongly: 0.5. The detector judged one pair, and rightly.
        self.add("ai", "a", 0.2, detector=0.75)
        self.add("ai", "b", 0.8)
        self.add("real", "c", 0.4, detector=0.25)
        self.add("real", "d", 0.6)
        cells = [cell.strip() for cell in judged(self.read())[2].split("|")[1:-1]]
        self.assertEqual(cells[:3], ["matched", "4", "2, 2"])
        self.assertEqual(cells[3].split()[0], "0.500")
        # ECE of all layers: each in a tenth of its own, off by 0.8, 0.2, 0.4 and 0.6; of the detector both by 0.25.
        self.assertEqual((cells[4], cells[6]), ("0.500", "0.250"))
        self.assertEqual(cells[5].split()[0], "1.000")

    def test_each_delivery_and_all_of_them(self) -> None:
        for delivery in ("web", "mixed"):
            self.add("ai", "a", 0.9, detector=0.9, delivery=delivery)
            self.add("real", "b", 0.1, detector=0.1, delivery=delivery)
        self.assertEqual([line.split("|")[1].strip() for line in judged(self.read())[2:]], ["matched", "web", "all"])


class Least(Case):
    def setUp(self) -> None:
        super().setUp()
        # Ten real pictures of ten sources, from 0.05 to 0.5; of AI sources one has both its pictures at 0.01, nine have
        # one far above.
        for at in range(10):
            self.add("real", f"r{at}", 0.05 + at * 0.05)
            if at:
                self.add("ai", f"a{at}", 0.9)
        self.add("ai", "a0", 0.01)
        self.add("ai", "a0", 0.01)

    def test_by_images_by_sources_and_with_one_more(self) -> None:
        # Three tenths of the real ones: 2 of 11 images, 1 of 10 sources, 2 of 11 with the one counted wrong.
        least = least_like(self.read(), 0.3)
        self.assertAlmostEqual(least.by_images, (2 / 11) / (2 / 11 + 0.3))
        self.assertAlmostEqual(least.by_sources, 0.1 / 0.4)
        self.assertAlmostEqual(least.counted, (2 / 11) / (2 / 11 + 0.3))

    def test_the_table_names_the_source_that_is_added(self) -> None:
        table = nearness(self.read())
        self.assertIn("one of 11 sources", table[0])
        self.assertTrue(table[-1].startswith("| 30% of real pictures | 37.7 % | 25.0 % | 37.7 % |"), table[-1])


class Reading(Case):
    def test_errors_strangers_and_repeats_are_left_out_and_told(self) -> None:
        self.add("ai", "a", 0.9)
        self.lines.append(self.lines[0])
        self.lines.append(json.dumps({"file": "x", "sha256": "f" * 64, "verdict": "inconclusive", "probability": 0.5, "layers": {}}))
        self.lines.append(json.dumps({"file": "y", "error": "too large"}))
        self.write()
        rows, left_out = read_verdicts([self.answers], [self.manifest])
        self.assertEqual((len(rows), left_out), (1, {"errors": 1, "not in a manifest": 1, "repeated": 1}))

    def test_one_class_is_an_error(self) -> None:
        self.add("ai", "a", 0.9)
        with self.assertRaisesRegex(SystemExit, "both classes delivered mixed"):
            self.run_main()

    def test_a_page_gets_the_tables_between_its_marks(self) -> None:
        self.add("ai", "a", 0.9, "ai-generated", detector=0.9)
        self.add("real", "b", 0.1, detector=0.2)
        page = self.folder / "page.md"
        page.write_text(MARKED)
        self.run_main("--into", str(page))
        text = page.read_text()
        self.assertTrue(text.startswith("before\n<!-- verdicts:start -->\n\n| delivery |") and text.endswith("<!-- verdicts:end -->\nafter\n"))
        self.assertNotIn("old", text)

    def test_a_page_without_marks_is_an_error_and_stays(self) -> None:
        self.add("ai", "a", 0.9, detector=0.9)
        self.add("real", "b", 0.1, detector=0.2)
        page = self.folder / "page.md"
        page.write_text("nothing")
        with self.assertRaisesRegex(SystemExit, "no place for verdicts"):
            self.run_main("--into", str(page))
        self.assertEqual(page.read_text(), "nothing")


if __name__ == "__main__":
    unittest.main()
