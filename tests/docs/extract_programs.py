"""Writes the C++ programs of a Markdown document.

usage: extract_programs.py DOCUMENT PREFIX

The ```cpp blocks are joined in order; a program ends with the block that closes its main function. Program number N
becomes PREFIX_N.cpp. What the document shows of its output, the ```text blocks since the program before, becomes
PREFIX_N.txt.
"""

import re
import sys


def programs(text):
    code, shown, depth = [], [], 0
    for kind, block in re.findall(r"^```(cpp|text)\n(.*?)^```$", text, re.S | re.M):
        if kind == "text":
            shown.append(block)
            continue
        if depth == 0 and code and "main(" in "".join(code):
            yield "\n".join(code), "".join(shown)
            code, shown = [], []
        code.append(block)
        bare = re.sub(r'"(\\.|[^"\\])*"|//.*', "", block)
        depth += bare.count("{") - bare.count("}")
    if code:
        yield "\n".join(code), "".join(shown)


def write_if_changed(path, text):
    try:
        with open(path, encoding="utf-8") as file:
            if file.read() == text:
                return
    except FileNotFoundError:
        pass
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


if __name__ == "__main__":
    document, prefix = sys.argv[1:]
    with open(document, encoding="utf-8") as file:
        found = list(programs(file.read()))
    for number, (code, shown) in enumerate(found, 1):
        write_if_changed(f"{prefix}_{number}.cpp", code)
        write_if_changed(f"{prefix}_{number}.txt", shown)
    print(len(found))
