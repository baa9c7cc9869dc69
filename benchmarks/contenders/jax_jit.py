"""JAX, for benchmarks/compare: jax_jit.py THREADS < cases

Prediction and training steps as one jitted function each, with buffers that a step may write over and its fastest random
numbers. Its threads are as many as the processors that the process may use, so those are what THREADS bounds.
"""

import os
import sys

threads = int(sys.argv[1])
if hasattr(os, "sched_setaffinity"):
    # The highest ones: most programs are started on the others.
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[-threads:])
if threads == 1:
    os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
os.environ["JAX_PLATFORMS"] = "cpu"

import jax
import jax.numpy as jnp

from protocol import serve


def parameters(sizes):
    result = []
    for i, (a, b) in enumerate(zip(sizes, sizes[1:])):
        key = jax.random.key(i)
        bound = 1 / a**0.5
        result.append((jax.random.uniform(key, (a, b), minval=-bound, maxval=bound),
                       jax.random.uniform(key, (b,), minval=-bound, maxval=bound)))
    return result


def outputs(network, x, key=None, dropout=0.0):
    for weight, bias in network[:-1]:
        x = jax.nn.relu(x @ weight + bias)
        if dropout:
            key, drawn = jax.random.split(key)
            x = jnp.where(jax.random.bernoulli(drawn, 1 - dropout, x.shape), x / (1 - dropout), 0)
    return x @ network[-1][0] + network[-1][1]


def training(sizes, batch, dropout):
    def loss(network, x, y, key):
        scores = jax.nn.log_softmax(outputs(network, x, key, dropout))
        return -jnp.take_along_axis(scores, y[:, None], 1).mean()

    def step(network, first, second, count, key, x, y):
        key, drawn = jax.random.split(key)
        value, gradient = jax.value_and_grad(loss)(network, x, y, drawn)
        count += 1
        first = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, first, gradient)
        second = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, second, gradient)
        size, scale = 1e-3 / (1 - 0.9**count), 1 / jnp.sqrt(1 - 0.999**count)
        network = jax.tree.map(lambda p, m, v: p - size * m / (jnp.sqrt(v) * scale + 1e-8), network, first, second)
        return network, first, second, count, key, value

    jitted = jax.jit(step, donate_argnums=(0, 1, 2, 3, 4))
    network = parameters(sizes)
    zeros = lambda: jax.tree.map(jnp.zeros_like, network)
    state = [network, zeros(), zeros(), jnp.float32(0), jax.random.key(1, impl="unsafe_rbg")]
    x = jax.random.uniform(jax.random.key(2), (batch, sizes[0]))
    y = jax.random.randint(jax.random.key(3), (batch,), 0, sizes[-1])

    def call():
        *state[:], value = jitted(*state, x, y)
        value.block_until_ready()

    return call


def prediction(sizes, batch):
    network = parameters(sizes)
    x = jax.random.uniform(jax.random.key(2), (batch, sizes[0]))
    # One output is no class: it is taken raw.
    forward = jax.jit(lambda network, x: jax.nn.log_softmax(outputs(network, x)) if sizes[-1] > 1
                      else outputs(network, x))
    return lambda: forward(network, x).block_until_ready()


def make(kind, sizes, batch, dropout):
    if kind == "train":
        return training(sizes, batch, dropout)
    return prediction(sizes, batch) if kind == "predict" else None


serve(f"JAX {jax.__version__}", make)
