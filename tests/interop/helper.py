"""The C++ program tests/interop/interop.cpp, as a process that answers commands."""

import subprocess


class Refused(Exception):
    """The C++ program threw; the text is its message."""


class Helper:

    def __init__(self, program):
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding='utf-8')

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        if self.process.wait() != 0:
            raise RuntimeError('the C++ program ended with exit status %d' % self.process.returncode)

    def __call__(self, *command):
        """The lines of the answer. Throws Refused when the C++ program threw."""
        self.process.stdin.write('\t'.join(map(str, command)) + '\n')
        self.process.stdin.flush()
        lines = []
        for line in self.process.stdout:
            line = line.rstrip('\n')
            if line == '.':
                return lines
            if line.startswith('!'):
                raise Refused(line[1:])
            lines.append(line)
        raise RuntimeError('the C++ program ended in the middle of: ' + ' '.join(map(str, command)))


class Report:
    """Counts checks; the first failures are printed as they come."""

    def __init__(self):
        self.passed = 0
        self.failed = 0

    def check(self, name, problem):
        """`problem` says what is wrong; it is empty where nothing is."""
        if not problem:
            self.passed += 1
            return True
        self.failed += 1
        if self.failed <= 20:
            print('FAILED %s: %s' % (name, problem), flush=True)
        return False

    def status(self):
        print('%d checks passed, %d failed' % (self.passed, self.failed))
        return 1 if self.failed or not self.passed else 0
