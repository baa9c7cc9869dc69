"""Runs a program of a document and compares its output with what the document shows.

usage: check_output.py PROGRAM SHOWN FOLDER [FIRST]

The first program of a document starts in FOLDER, which is emptied but for the tables of examples/tables; the others, which read what it saved, in a copy of FOLDER
as FIRST, the first program, left it. FIRST runs before if FOLDER is not there or older.

Every line that is shown must be printed, in the order of the document; numbers in lines of the training log, and
classes with their probabilities, may differ, because they depend on the processor's rounding. Exit status 77 (skipped) when the data set is not on this machine.
"""

import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile


MARK = ".complete"


def comparable(line):
    line = line.rstrip()
    if line.startswith("Epoch: "):
        return re.sub(r"\d+\.\d+", "#", line)
    return re.sub(r"^[A-Z][\w/ -]*: [\d.e-]+ %$", "a class and its probability", line)


def run_first(program, folder):
    """Runs the first program of a document; what it leaves in the folder is complete when the mark is there."""
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    for table in glob.glob(os.path.join(os.path.dirname(__file__), "../../examples/tables/*.csv")):
        shutil.copy(table, folder)
    result = subprocess.run([program], cwd=folder, capture_output=True, text=True, check=False)
    with open(os.path.join(folder, MARK), "w", encoding="utf-8"):
        return result


if __name__ == "__main__":
    program, shown, folder = os.path.abspath(sys.argv[1]), sys.argv[2], os.path.abspath(sys.argv[3])
    if len(sys.argv) == 4:
        result = run_first(program, folder)
    else:
        first = os.path.abspath(sys.argv[4])
        mark = os.path.join(folder, MARK)
        if not os.path.exists(mark) or os.path.getmtime(mark) < os.path.getmtime(first):
            run_first(first, folder)
        with tempfile.TemporaryDirectory() as copy:
            shutil.copytree(folder, copy, dirs_exist_ok=True)
            result = subprocess.run([program], cwd=copy, capture_output=True, text=True, check=False)
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
