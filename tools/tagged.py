#!/usr/bin/env python3
"""Writes a regular expression of the suites that carry one of some tags: `tagged.py threads`.

It is meant for `swift test --filter`, which knows no tags. The exit code is 1 where no suite
carries one.
"""

import re
import sys
from pathlib import Path

TESTS = Path(__file__).resolve().parent.parent / "Tests"
SUITE = re.compile(r"@Suite\(\.tags\(([^)]*)\)[^`]*\) struct `([^`]+)`")


def main(tags):
    names = set()
    for path in TESTS.glob("*Tests/**/*.swift"):
        module = path.relative_to(TESTS).parts[0]
        for carried, name in SUITE.findall(path.read_text()):
            if {tag.strip(" .") for tag in carried.split(",")} & set(tags):
                # Swift's regular expressions know no escaped space.
                pattern = re.escape(name).replace("\\ ", " ")
                names.add(f"{module}\\.`{pattern}`")
    print("^(" + "|".join(sorted(names)) + ")/")
    return 0 if names else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
