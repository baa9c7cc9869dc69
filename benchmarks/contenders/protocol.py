"""How benchmarks/compare talks to the programs that it compares, as in ../protocol.hpp."""

import sys
import time


def time_calls(seconds, call):
    """Wall and processor seconds of a call, means over about `seconds` after a fifth of that to warm up. For 0 seconds
    it is called once, and nothing before."""
    calls, begin = 0, time.perf_counter()
    while time.perf_counter() - begin < seconds / 5:
        call()
        calls += 1
    count = max(1, int(seconds * calls / (time.perf_counter() - begin))) if calls else 1
    cpu, wall = time.process_time(), time.perf_counter()
    for _ in range(count):
        call()
    return (time.perf_counter() - wall) / count, (time.process_time() - cpu) / count


def serve(name, make):
    """make(kind, sizes, batch, dropout) is what to call for a case, or None."""
    print(name, flush=True)
    ready = {}
    for line in sys.stdin:
        what, seconds = line.split()
        if what == "forget":
            ready.clear()
            print("0 0", flush=True)
            continue
        try:
            if what not in ready:
                kind, sizes, batch, dropout, *_ = what.split(":") + 3 * [""]
                sizes = tuple(int(n) for n in sizes.split("-") if n)
                ready[what] = make(kind, sizes, int(batch or 1), float(dropout or 0))
                if ready[what]:
                    ready[what]()
            print(*time_calls(float(seconds), ready[what]) if ready[what] else "-", flush=True)
        except Exception as error:  # torch.compile needs a compiler and may refuse
            print(f"{name}: {what}: {(str(error).splitlines() or [type(error).__name__])[0]}", file=sys.stderr)
            ready[what] = None
            print("-", flush=True)
