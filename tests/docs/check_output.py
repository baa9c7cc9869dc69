"""Runs a program of a document in an empty folder and compares its output with what the document shows.

usage: check_output.py PROGRAM SHOWN

Every line that is shown must be printed, in the order of the document; numbers in lines of the training log may differ,
because they depend on the processor's rounding. Exit status 77 (skipped) when the data set is not on this machine.
"""

import os
import re
import subprocess
import sys
import tempfile


def comparable(line):
    line = line.rstrip()
    return re.sub(r"\d+\.\d+", "#", line) if line.startswith("Epoch: ") else line


if __name__ == "__main__":
    program, shown = os.path.abspath(sys.argv[1]), sys.argv[2]
    with tempfile.TemporaryDirectory() as folder:
        if len(sys.argv) > 3:  # programs that read what an earlier one saved
            subprocess.run([os.path.abspath(sys.argv[3])], cwd=folder, capture_output=True, check=False)
        result = subprocess.run([program], cwd=folder, capture_output=True, text=True, check=False)
    if "Fashion-MNIST was not found" in result.stderr:
        print("skipped: Fashion-MNIST is not on this machine")
        sys.exit(77)
    if re.search(r"\.pth: .*No such file", result.stderr):
        print("skipped: a Python program of the document writes this file; the test interop/document runs both")
        sys.exit(77)
    if result.returncode != 0:
        sys.exit(f"exit status {result.returncode}\n{result.stdout}\n{result.stderr}")
    printed = [comparable(line) for line in result.stdout.splitlines()]
    at = 0
    with open(shown, encoding="utf-8") as file:
        for line in file:
            line = comparable(line)
            if not line:
                continue
            while at < len(printed) and printed[at] != line:
                at += 1
            if at == len(printed):
                sys.exit(f"shown, but not printed at this place:\n{line}\n\nprinted:\n{result.stdout}")
            at += 1
    print("ok")
