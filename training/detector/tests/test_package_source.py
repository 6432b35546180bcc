"""Packages as sources: which pictures are taken, and that the same package gives the same commit anywhere."""

import datetime
import io
import subprocess
import tarfile
import tempfile
import unittest
import zipfile
from pathlib import Path
from unittest.mock import patch

import package_source
from package_source import LEAST_BYTES, MOST_BYTES, Package, bring, pictures

CONTENT = b"\xff\xd8" + b"x" * LEAST_BYTES


def tar_of(file: Path, members: dict[str, tuple[bytes, str]]) -> Path:
    with tarfile.open(file, "w:gz") as tar:
        for path, (content, date) in members.items():
            info = tarfile.TarInfo(path)
            info.size = len(content)
            info.mtime = datetime.datetime.fromisoformat(f"{date}T12:00+00:00").timestamp()
            tar.addfile(info, io.BytesIO(content))
        link = tarfile.TarInfo("package/link.jpg")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(link)
    return file


class Names(unittest.TestCase):
    def test_reads_registry_name_and_version(self) -> None:
        self.assertEqual(Package.read("npm/@scope/name@1.2.0-rc.1"), ("npm", "@scope/name", "1.2.0-rc.1"))
        self.assertEqual(Package.read("debian/game-data@1:1.16.9-1").version, "1:1.16.9-1")
        self.assertEqual(Package.read("npm/@scope/name@1.0.0").repo, "npm/@scope__name")

    def test_refuses_what_no_registry_would_have(self) -> None:
        for text in ("npm/name", "cargo/name@1", "npm/a/b/c@1", "npm/-flag@1;rm", "npm/../x@1", "pypi/--index@1"):
            with self.assertRaises(ValueError, msg=text):
                Package.read(text)


class Pictures(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def test_takes_ordinary_picture_files_of_a_fair_size(self) -> None:
        day = "2019-05-01"
        file = tar_of(self.folder / "a.tgz", {
            "package/a.JPG": (CONTENT, day), "./package/b.webp": (CONTENT, day), "package/icon.png": (b"x" * (LEAST_BYTES - 1), day),
            "package/big.png": (b"x" * (MOST_BYTES + 1), day), "package/code.js": (CONTENT, day), "package/tab\t.png": (CONTENT, day),
        })
        found = list(pictures(file))
        self.assertEqual([member.path for member in found], ["package/a.JPG", "package/b.webp"])
        self.assertEqual(found[0].date, datetime.date(2019, 5, 1))

    def test_reads_wheels(self) -> None:
        with zipfile.ZipFile(self.folder / "a.whl", "w") as archive:
            archive.writestr(zipfile.ZipInfo("a/x.png", (2020, 2, 3, 0, 0, 0)), CONTENT)
        self.assertEqual([(m.path, m.date, m.content) for m in pictures(self.folder / "a.whl")], [("a/x.png", datetime.date(2020, 2, 3), CONTENT)])

    def test_one_commit_that_depends_on_nothing_but_the_package(self) -> None:
        members = {"b/new.jpg": (CONTENT + b"2", "2022-01-01"), "a/old.jpg": (CONTENT, "2020-01-01")}
        package = Package("npm", "name", "1.0.0")
        commits = []
        for order in (list(members), list(reversed(members))):
            mirrors = self.folder / order[0].replace("/", "-")
            file = tar_of(self.folder / "p.tgz", {path: members[path] for path in order})
            with patch.object(package_source, "fetch", return_value=file):
                bring(package, mirrors, None)
                bring(package, mirrors, None)  # there already: left as it is
            git = ["git", "-C", str(mirrors / "npm+name")]
            commits.append(subprocess.run([*git, "rev-parse", "HEAD"], capture_output=True, text=True, check=True).stdout)
            listed = subprocess.run([*git, "ls-tree", "-r", "--name-only", "HEAD"], capture_output=True, text=True, check=True).stdout
            self.assertEqual(listed.split(), ["a/old.jpg", "b/new.jpg"])
            content = subprocess.run([*git, "show", "HEAD:a/old.jpg"], capture_output=True, check=True).stdout
            self.assertEqual(content, CONTENT)
        self.assertEqual(commits[0], commits[1])

    def test_before_a_day(self) -> None:
        file = tar_of(self.folder / "p.tgz", {"new.jpg": (CONTENT, "2021-07-01"), "old.jpg": (CONTENT, "2021-06-30")})
        with patch.object(package_source, "fetch", return_value=file):
            bring(Package("debian", "name", "1"), self.folder, datetime.date(2021, 7, 1))
        git = ["git", "-C", str(self.folder / "debian+name"), "ls-tree", "--name-only", "HEAD"]
        self.assertEqual(subprocess.run(git, capture_output=True, text=True, check=True).stdout.split(), ["old.jpg"])


if __name__ == "__main__":
    unittest.main()
