"""Writes wick as one header.

usage: single_header.py OUTPUT [HEADER...]

OUTPUT, whose folder is made if it is missing, holds the HEADERs, by default wick/wick.hpp, and everything of wick that they include, in the order of dependence.
Eigen stays outside, and stb too for headers that read images. The result is header-only: it cannot be used together with
wick::compiled, or with the single headers in one program.
"""

import pathlib
import re
import sys

INCLUDE = pathlib.Path(__file__).resolve().parent


class Joined:
    def __init__(self):
        self.lines = []
        self.seen = set()

    def add(self, name):
        if name in self.seen:
            return
        self.seen.add(name)
        kernels = None
        for line in (INCLUDE / name).read_text(encoding="utf-8").splitlines():
            found = re.match(r"#include <(wick/[^>]+)>", line)
            named = re.match(r"#define WICK_KERNELS <(wick/[^>]+)>", line)
            if named:
                kernels = named[1]
            elif found and found[1].endswith(".inl"):
                self.add_for_each_level(found[1], kernels)
            elif line == "#undef WICK_KERNELS":
                pass
            elif found:
                self.add(found[1])
            elif line != "#pragma once":
                self.lines.append(line)

    def add_for_each_level(self, name, kernels):
        """What `name` includes as WICK_KERNELS, as often as it does."""
        text = (INCLUDE / kernels).read_text(encoding="utf-8").splitlines()
        for line in (INCLUDE / name).read_text(encoding="utf-8").splitlines():
            self.lines += text if line == "#include WICK_KERNELS" else [line]


if __name__ == "__main__":
    if sys.argv[1:2] in (["-h"], ["--help"]):
        print(__doc__)
        sys.exit(0)
    if len(sys.argv) < 2 or sys.argv[1].startswith("-"):
        print(__doc__, file=sys.stderr)
        sys.exit(2)
    joined = Joined()
    for header in sys.argv[2:] or ["wick/wick.hpp"]:
        if not (INCLUDE / header).is_file():
            print(f"single_header.py: expected a header such as wick/wick.hpp, got {header}", file=sys.stderr)
            sys.exit(2)
        joined.add(header)
    text = "\n".join(joined.lines)
    license_text = (INCLUDE.parent / "LICENSE").read_text(encoding="utf-8")
    version = ".".join(re.search(rf"#define WICK_VERSION_{part} (\d+)", text)[1] for part in ("MAJOR", "MINOR", "PATCH"))
    head = [f"wick {version} as one header, made by include/single_header.py.", "", *license_text.splitlines()]
    comment = "\n".join(f"// {line}".rstrip() for line in head)
    guard = ('#ifdef WICK_COMPILED\n#error "the single header of wick is header-only: it has no wick::compiled"\n#endif\n')
    text = re.sub(r"\n{3,}", "\n\n", text)
    output = pathlib.Path(sys.argv[1])
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(f"#pragma once\n\n{comment}\n\n{guard}\n{text}\n", encoding="utf-8")
