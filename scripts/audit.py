"""Looks for known holes in an installation with pip-audit, and says in words what was found and what could not be asked.

pip-audit alone ends well where its database knows none of the packages, as behind a mirror: that looks like a clean result.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

OWN = "posecheck"
"""Looked through by us."""


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found: ``holes`` in words, and how many packages were looked up and could not be."""

    holes: tuple[str, ...]
    known: int
    unknown: tuple[str, ...]

    @property
    def is_clean(self) -> bool:
        """Whether all was asked and nothing was found."""
        return bool(self.known) and not (self.holes or self.unknown)

    def __str__(self) -> str:
        lines = list(self.holes)
        if self.unknown:
            total = self.known + len(self.unknown)
            lines.append(
                f"{len(self.unknown)} of {total} packages could not be looked up, so nothing is known about them: "
                f"{', '.join(self.unknown)}. Run this where the database of known holes can be reached."
            )
        lines.append(f"Packages looked up: {self.known}; known holes: {len(self.holes)}.")
        return "\n".join(lines)


def findings_of(packages: Sequence[Mapping[str, Any]]) -> Findings:
    """Read the packages of pip-audit's JSON."""
    others = [package for package in packages if package["name"] != OWN]
    known = [package for package in others if "skip_reason" not in package]
    holes = tuple(
        f"{package['name']} {package['version']}: {hole['id']}, mended in {', '.join(hole['fix_versions']) or 'no version'}"
        for package in known
        for hole in package["vulns"]
    )
    return Findings(holes, len(known), tuple(package["name"] for package in others if "skip_reason" in package))


def main() -> None:
    """Run pip-audit on a folder of packages; exit code 1 where anything was found or not asked."""
    program, folder = sys.argv[1:]
    words = (program, "--progress-spinner", "off", "--format", "json", "--path", folder)
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    try:
        packages = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        last = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        sys.exit(f"The database of known holes could not be asked: {last}")
    found = findings_of(packages)
    sys.stdout.write(f"{found}\n")
    sys.exit(not found.is_clean)


if __name__ == "__main__":
    main()
