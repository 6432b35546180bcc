"""Pictures of published packages as a source: what `list_source.py` and `prepare.py` read from a clone, made of a package.

    python package_source.py --mirrors DIR npm/NAME@VERSION npm/@SCOPE/NAME@VERSION pypi/NAME@VERSION debian/NAME@VERSION [--before 2021-07-01]

A registry never changes a version once published and dates it: pictures in a package of 2020 were there before any
diffusion model. The package is fetched by its registry's own tool, which checks its checksum. Its pictures become the one
commit of a bare repository `DIR/npm+NAME`, whose author and date are fixed: the same package gives the same commit
everywhere, so the lists name it as they name any repository. `@scope/name` is listed as `npm/@scope__name`.

`--before` keeps files whose own date in the package is older: for Debian's packages, which keep the dates of their
authors' files. npm sets all dates to 1985; there the version's date must do (`npm view NAME time`).
"""

from __future__ import annotations

import argparse
import datetime
import re
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

SPEC = re.compile(r"^(?P<registry>npm|pypi|debian)/(?P<name>@?\w[\w.+-]*(?:/\w[\w.+-]*)?)@(?P<version>[\w.:+~-]+)$")
PICTURE = re.compile(r"\.(png|jpe?g|webp)$", re.IGNORECASE)
# Smaller files are icons; larger ones the lists leave out.
LEAST_BYTES, MOST_BYTES = 8_000, 4_000_000
MOST_PICTURES = 5_000


class Package(NamedTuple):
    registry: str
    name: str
    version: str

    @staticmethod
    def read(text: str) -> Package:
        """Raises ValueError where `text` is not `registry/name@version`."""
        match = SPEC.match(text)
        if match is None:
            raise ValueError(f"Expected npm/, pypi/ or debian/NAME@VERSION but received {text}.")
        return Package(match["registry"], match["name"], match["version"])

    @property
    def repo(self) -> str:
        """As the lists name it."""
        return f"{self.registry}/{self.name.replace('/', '__')}"


class Member(NamedTuple):
    path: str
    date: datetime.date
    content: bytes


def fetch(package: Package, folder: Path) -> Path:
    """The package's file, by its registry's own tool. Raises `CalledProcessError` where it cannot be had."""
    commands = {
        "npm": ["npm", "pack", "--silent", f"{package.name}@{package.version}"],
        "pypi": [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", ".", f"{package.name}=={package.version}"],
        "debian": ["apt-get", "download", f"{package.name}={package.version}"],
    }
    subprocess.run(commands[package.registry], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    found = [path for path in folder.iterdir() if path.is_file()]
    if len(found) != 1:
        raise FileNotFoundError(f"{package.repo}: expected one file but received {[path.name for path in found]}.")
    return found[0]


def wanted(path: str, size: int) -> bool:
    return bool(PICTURE.search(path)) and LEAST_BYTES <= size <= MOST_BYTES and not set(path) & set('\t\n\r"')


def of_tar(tar: tarfile.TarFile) -> Iterator[Member]:
    for member in tar:
        if member.isfile() and wanted(member.name, member.size):
            opened = tar.extractfile(member)
            if opened is not None:
                date = datetime.datetime.fromtimestamp(member.mtime, datetime.timezone.utc).date()
                yield Member(member.name.removeprefix("./"), date, opened.read())


def pictures(file: Path) -> Iterator[Member]:
    """Ordinary picture files of a wheel, a source archive or a Debian package; nothing is written to disk."""
    if file.suffix in (".whl", ".zip"):
        with zipfile.ZipFile(file) as archive:
            for info in archive.infolist():
                if wanted(info.filename, info.file_size):
                    yield Member(info.filename, datetime.date(*info.date_time[:3]), archive.read(info))
    elif file.suffix == ".deb":
        with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", str(file)], stdout=subprocess.PIPE) as unpacked:
            with tarfile.open(fileobj=unpacked.stdout, mode="r|") as tar:
                yield from of_tar(tar)
    else:
        with tarfile.open(file) as tar:
            yield from of_tar(tar)


def commit(git: Path, package: Package, members: list[Member]) -> str:
    """Writes the members as the only commit of a new bare repository; answers its name."""
    subprocess.run(["git", "init", "--quiet", "--bare", "--initial-branch=main", str(git)], check=True)
    message = f"{package.registry} {package.name} {package.version}\n".encode()
    stream = [b"commit refs/heads/main\ncommitter packages <packages@example.invalid> 0 +0000\n", b"data %d\n%s" % (len(message), message)]
    for member in sorted(members):
        stream.append(b"M 100644 inline %s\ndata %d\n" % (member.path.encode(), len(member.content)))
        stream.append(member.content + b"\n")
    subprocess.run(["git", "-C", str(git), "fast-import", "--quiet"], input=b"".join(stream), check=True)
    return subprocess.run(
        ["git", "-C", str(git), "rev-parse", "HEAD"], check=True, capture_output=True, text=True
    ).stdout.strip()


def bring(package: Package, mirrors: Path, before: datetime.date | None) -> None:
    git = mirrors / package.repo.replace("/", "+")
    if git.exists():
        print(f"{package.repo}: there already")
        return
    with tempfile.TemporaryDirectory() as folder:
        members = []
        for member in pictures(fetch(package, Path(folder))):
            if before is None or member.date < before:
                members.append(member)
            if len(members) >= MOST_PICTURES:
                break
    if not members:
        print(f"{package.repo}: no pictures")
        return
    dates = sorted(member.date for member in members)
    print(f"{package.repo} {commit(git, package, members)}: {len(members)} pictures, dated {dates[0]} to {dates[-1]}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mirrors", type=Path, required=True)
    parser.add_argument("--before", type=datetime.date.fromisoformat)
    parser.add_argument("packages", nargs="+", type=Package.read)
    options = parser.parse_args()
    for package in options.packages:
        try:
            bring(package, options.mirrors, options.before)
        except (subprocess.CalledProcessError, FileNotFoundError, tarfile.TarError, zipfile.BadZipFile) as error:
            print(f"{package.repo}: {error}")


if __name__ == "__main__":
    main()
