import unittest

from pages import marked, part_of, replaced


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


if __name__ == "__main__":
    unittest.main()
