#!/usr/bin/env python3
"""The reference of wick's public names: make.py FOLDER writes FOLDER/html/index.html with Doxygen.

It fails, and says where, for a public name without a docstring and for whatever else Doxygen warns of. Doxygen reads
copies of the headers, see headers.py.

Each header is a page of its room, under the comment that it begins with. The rooms, and what is said of them, are those
of the table in docs/architecture.md.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

sys.dont_write_bytecode = True
from headers import Written, check_names, fail, first_sentence, group_of, readable, root, sources, summary, with_inherited, with_page

here = Path(__file__).resolve().parent


def rooms():
    """Rooms and headers of everything in one, and what is in them, from the table in docs/architecture.md."""
    table = {}
    for line in (root / "docs/architecture.md").read_text().splitlines():
        if match := re.match(r"\| ((?:`[^`]+`(?:, )?)+) \| (.*?) \|", line):
            table |= {name: match[2] for name in re.findall(r"`([^`]+)`", match[1])}
    return table


def comment_of(*lines):
    return "\n".join(["/**", *lines, "*/", ""])


def header_page(room, header, source):
    about = readable(source.comment())
    end = first_sentence(about)
    return comment_of(f"@defgroup {group_of(room + '/' + header)} {room}/{header}", f"@ingroup {group_of(room)}",
                      summary(about[:end]), "", about[end:], "@code", f"#include <{source.name}>", "@endcode")


def write_copies(folder):
    """Writes out the headers, and pages that lead to them. Returns the places of the lines of the copies."""
    table = rooms()
    places, pages, shown = {}, [], []
    for source in sources:
        room, _, header = source.name.removeprefix("wick/").rpartition("/")
        if f"{room}/{header}" not in with_page:
            continue
        if room not in table:
            fail(source.name + ":1", f"the table in docs/architecture.md has no room {room}")
        if room not in shown:
            shown.append(room)
            said = table[room][0].upper() + table[room][1:] + "."
            pages.append(comment_of(f"@defgroup {group_of(room)} {room}", "@brief " + said))
        pages.append(header_page(room, header, source))
        copy = folder / source.name
        copy.parent.mkdir(parents=True, exist_ok=True)
        written = []
        for place, text in Written(with_inherited(source.without_detail())).lines:
            code, trailing, said = text.partition("///< ")
            check_names(place, said)
            text = {"WICK_BEGIN_NAMESPACE": f"namespace wick {{\n/// @addtogroup {group_of(room + '/' + header)}\n/// @{{",
                    "WICK_END_NAMESPACE": "/// @}\n}"}.get(text, code + trailing + readable(said))
            written += [(place, line) for line in text.split("\n")]
        copy.write_text("\n".join(line for _, line in written) + "\n")
        places |= {f"{copy}:{i}": place for i, (place, _) in enumerate(written, 1)}
    start = [(here / "start.md").read_text(), "| room | what is in it |", "|---|---|"]
    start += [f"| @ref {group_of(room)} | {table[room]} |" for room in table if room in shown]
    start += ["", "| header | what it includes |", "|---|---|"]
    start += [f"| `<wick/{name}>` | {said} |" for name, said in table.items() if name.endswith(".hpp")]
    pages += [comment_of("@mainpage wick", "", *start), comment_of("@namespace wick", "What is in no class.")]
    (folder / "pages.dox").write_text("".join(pages))
    return places


def main(folder):
    copies_folder = folder / "headers"
    for old in (copies_folder, folder / "html"):
        shutil.rmtree(old, ignore_errors=True)
    places = write_copies(copies_folder)
    settings = (here / "Doxyfile").read_text() + "\n".join([
        f'INPUT = "{copies_folder}"',
        f'OUTPUT_DIRECTORY = "{folder}"',
        f'STRIP_FROM_PATH = "{copies_folder}"',
        f'STRIP_FROM_INC_PATH = "{copies_folder}"',
        f'LAYOUT_FILE = "{here / "layout.xml"}"',
    ])
    try:
        run = subprocess.run(["doxygen", "-"], input=settings, stderr=subprocess.PIPE, text=True)
    except FileNotFoundError:
        sys.exit("error: there is no doxygen; Debian's package is called doxygen")

    def in_source(match):
        return f"include/{places[match[1]]}:" if match[1] in places else match[0]

    sys.stderr.write(re.sub(r"^(/.*?:\d+):", in_source, run.stderr, flags=re.M))
    if run.returncode != 0 or run.stderr:
        sys.exit(1)
    print(folder / "html/index.html")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: make.py FOLDER")
    main(Path(sys.argv[1]).resolve())
