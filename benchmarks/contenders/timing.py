"""The loop that times something, as in ../measure.hpp."""

import time


def time_calls(seconds, call):
    """Wall and processor seconds of a call, means over about `seconds` after a fifth of that to warm up."""
    calls, begin = 1, time.perf_counter()
    while time.perf_counter() - begin < seconds / 5:
        call()
        calls += 1
    count = max(1, int(seconds * calls / (time.perf_counter() - begin)))
    cpu, wall = time.process_time(), time.perf_counter()
    for _ in range(count):
        call()
    return (time.perf_counter() - wall) / count, (time.process_time() - cpu) / count
