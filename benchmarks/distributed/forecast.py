#!/usr/bin/env python3
"""What a training step takes in several processes that share each batch by MpiRanks, by a model of it.

usage: benchmarks/distributed/forecast.py [--parameters 567434] [--batch 256] [--shards 8] [--ranks 1 2 4 8]
                                          [--row 0.027] [--shard 0.03] [--add 0.12] [--step 0.4]
                                          [--network {1gbe,10gbe,shared}...] [--bandwidth GBIT --delay MS]
                                          [--computing MS]

Times are in milliseconds: --row of computing forward and backward for one row, --shard of what each shard takes beside its
rows, --add of adding one gradient to another, --step of the optimizer. `mpi_steps` measures their sum here: with one and
eight shards, for two batches. With --computing a step takes that long beside its messages, as measured where several ranks
share processors.

The step of R ranks is the slowest rank's

    rows * row + shards * shard + adds * add      what it computes, of its rows and shards
  + adds of its share * add / R                   adding up parts of others
  + step
  + 6 delays                                      parts and sums follow one another, and before each a request and an answer
  + (parts + 1) * bytes * (R - 1) / R / bandwidth

with bytes of the gradient. A rank sends its share of each of its parts, nodes of the tree of shards, to each other rank, and
of the sum: bandwidth is that of one direction of its link, as `mpi_steps --link` measures it with the delay. What overlaps
with computing is not counted: in the lesson's network most parameters are those of the first layer, which comes last.
"""

import argparse

# Gbit/s and milliseconds of delay one way, with what TCP or MPI add.
NETWORKS = {"1gbe": (0.94, 0.06), "10gbe": (9.4, 0.03), "shared": (50, 0.005)}


def nodes(first, count, shards):
    """The nodes that are left when a rank has added up what it can, as detail::nodes_of() finds them."""
    found = []
    for shard in range(first, first + count):
        found.append((shard, 1))
        while len(found) > 1:
            (left, n), (right, m) = found[-2:]
            if left % (2 * n) != 0 or right != left + n or right + m != min(shards, left + 2 * n):
                break
            found[-2:] = [(left, n + m)]
    return found


def stretch(n, parts, i):
    least, longer = divmod(n, parts)
    return i * least + min(i, longer), least + (i < longer)


def forecast(o, ranks, bandwidth, delay):
    """Milliseconds of a step, and of its messages."""
    shards = max(1, min(o.shards, o.batch // 2))
    sizes = [stretch(o.batch, shards, s)[1] for s in range(shards)]
    own = [stretch(shards, ranks, r) for r in range(ranks)]
    parts = [len(nodes(first, count, shards)) for first, count in own]
    computing = max(
        sum(sizes[first : first + count]) * o.row + count * o.shard + max(0, count - left) * o.add
        for (first, count), left in zip(own, parts)
    )
    if ranks == 1:
        return computing + o.step, 0.0
    adding = (sum(parts) - 1) * o.add / ranks
    megabits = o.parameters * 4 * 8 / 1e6
    messages = 6 * delay + (max(parts) + 1) * megabits * (ranks - 1) / ranks / bandwidth
    return (o.computing or computing + adding + o.step) + messages, messages


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--parameters", type=int, default=567434)
    parser.add_argument("--batch", type=int, default=256)
    parser.add_argument("--shards", type=int, default=8)
    parser.add_argument("--ranks", type=int, nargs="+", default=[1, 2, 4, 8])
    parser.add_argument("--row", type=float, default=0.027)
    parser.add_argument("--shard", type=float, default=0.03)
    parser.add_argument("--add", type=float, default=0.12)
    parser.add_argument("--step", type=float, default=0.4)
    parser.add_argument("--network", nargs="+", choices=NETWORKS, default=list(NETWORKS))
    parser.add_argument("--bandwidth", type=float, help="Gbit/s, instead of --network")
    parser.add_argument("--delay", type=float, default=0.05, help="milliseconds one way, with --bandwidth")
    parser.add_argument("--computing", type=float, help="milliseconds of a step of all ranks without messages")
    o = parser.parse_args()
    if max(o.ranks) > o.shards:
        parser.error("--shards has to be at least the number of ranks")
    networks = {"given": (o.bandwidth, o.delay)} if o.bandwidth else {name: NETWORKS[name] for name in o.network}
    alone = forecast(o, 1, 1, 0)[0]
    print("network  ranks  ms a step  of it messages  times as fast")
    for name, (bandwidth, delay) in networks.items():
        for ranks in o.ranks:
            step, messages = forecast(o, ranks, bandwidth, delay)
            print(f"{name:7}  {ranks:5}  {step:9.2f}  {messages:14.2f}  {alone / step:13.2f}")


if __name__ == "__main__":
    main()
