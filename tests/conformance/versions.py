"""What other versions of PyTorch do in another way than the one that the library follows: failures that are theirs."""

import re

# The versions, the entry, what is wrong, and why.
EXPLAINED = (
    (r'1\.', r'module EmbeddingBag', r"print: ", 'prints the mode without quotes before 2.1'),
    (r'1\.|2\.0', r'module (LayerNorm|InstanceNorm1d)', r'print: .*bias=', 'has no `bias` before 2.1'),
    (r'1\.', r'initialiser trunc_normal_', r'values: ', 'took the inverse of the distribution function of uniform numbers, where newer ones draw again what is outside'),
    (r'1\.', r'operation aminmax', r'shape \[\], expected \[1\]', 'made a vector of a number with keepdim'),
    (r'1\.', r'operation nn\.functional\.hardtanh', r'min_val cannot be greater', 'took bounds in any order'),
    (r'1\.', r'operation mT', r'Dimension out of range', 'took vectors and numbers, with a warning'),
)


def explanation(version, entry, text):
    """Why this failure of `KIND NAME` is the version's own, or None."""
    for versions, names, what, why in EXPLAINED:
        if re.match(versions, version) and re.fullmatch(names, entry) and re.search(what, text):
            return why
    return None


def unexplained(version, report):
    """The failures in what the runner printed that are not the version's own, and how many are, by reason."""
    entry, left, known = '', [], {}
    for line in report.splitlines():
        if re.match(r'(module|loss|optimizer|scheduler|initialiser|operation) ', line):
            entry = ' '.join(line.split()[:2])
        found = re.match(r' +FAILED (.*)', line)
        if found:
            why = explanation(version, entry, found.group(1))
            if why is None:
                left.append('%s: %s' % (entry, found.group(1)))
            else:
                known.setdefault((entry, why), 0)
                known[entry, why] += 1
    return left, known
