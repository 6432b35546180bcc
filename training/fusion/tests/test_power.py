import unittest

from power import END, START, replace_between


class Readme(unittest.TestCase):
    def test_only_what_stands_between_the_marks_is_replaced(self) -> None:
        old = f"# Layer\n\n{START}\nold | table\n{END}\n\n## Limits\n"
        self.assertEqual(replace_between(old, "new"), f"# Layer\n\n{START}\n\nnew\n\n{END}\n\n## Limits\n")
        self.assertEqual(replace_between(replace_between(old, "new"), "newer").count("newer"), 1)

    def test_without_marks_nothing_is_guessed(self) -> None:
        with self.assertRaises(ValueError):
            replace_between("# Layer\n", "new")


if __name__ == "__main__":
    unittest.main()
