"""Parts of a page that scripts fill: what lies between `<!-- NAME:start -->` and `<!-- NAME:end -->`."""

from __future__ import annotations


def marked(name: str, text: str) -> str:
    return f"<!-- {name}:start -->\n\n{text.strip()}\n\n<!-- {name}:end -->"


def part_of(page: str, name: str) -> str | None:
    """What stands between the marks; None where there are none."""
    start, end = f"<!-- {name}:start -->", f"<!-- {name}:end -->"
    if start not in page or end not in page.split(start, 1)[1]:
        return None
    return page.split(start, 1)[1].split(end, 1)[0].strip()


def replaced(page: str, name: str, text: str) -> str:
    """Raises ValueError where the marks are missing or out of order."""
    if part_of(page, name) is None:
        raise ValueError(f"the page has no place for {name}: <!-- {name}:start --> and <!-- {name}:end --> are missing")
    before, rest = page.split(f"<!-- {name}:start -->", 1)
    _, after = rest.split(f"<!-- {name}:end -->", 1)
    return before + marked(name, text) + after
