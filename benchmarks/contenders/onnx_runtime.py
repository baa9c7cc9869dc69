"""ONNX Runtime's prediction, for benchmarks/compare: onnx_runtime.py THREADS < cases

Inputs and outputs are bound once, which is the fastest way to call it from Python.
"""

import sys

import numpy
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from timing import time_calls


def model(sizes):
    random = numpy.random.default_rng(0)
    nodes, weights, x = [], [], "x"
    for i, (a, b) in enumerate(zip(sizes, sizes[1:])):
        bound = 1 / a**0.5
        weights.append(numpy_helper.from_array(random.uniform(-bound, bound, (b, a)).astype("f4"), f"w{i}"))
        weights.append(numpy_helper.from_array(random.uniform(-bound, bound, b).astype("f4"), f"b{i}"))
        nodes.append(helper.make_node("Gemm", [x, f"w{i}", f"b{i}"], [f"y{i}"], transB=1))
        last = i + 2 == len(sizes)
        nodes.append(helper.make_node("LogSoftmax" if last else "Relu", [f"y{i}"], ["out" if last else f"r{i}"]))
        x = f"r{i}"
    value = lambda name, width: helper.make_tensor_value_info(name, TensorProto.FLOAT, ["batch", width])
    graph = helper.make_graph(nodes, "network", [value("x", sizes[0])], [value("out", sizes[-1])], weights)
    result = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])
    result.ir_version = 8
    return result.SerializeToString()


def prediction(sizes, batch):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = int(sys.argv[1])
    options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(model(sizes), options, providers=["CPUExecutionProvider"])
    x = onnxruntime.OrtValue.ortvalue_from_numpy(numpy.random.rand(batch, sizes[0]).astype("f4"))
    y = onnxruntime.OrtValue.ortvalue_from_numpy(numpy.zeros((batch, sizes[-1]), "f4"))
    binding = session.io_binding()
    binding.bind_ortvalue_input("x", x)
    binding.bind_ortvalue_output("out", y)
    return lambda: session.run_with_iobinding(binding)


lesson = (784, 512, 256, 128, 10)
cases = {"tiny1": ((8, 32, 32, 1), 1), "small1": ((64, 256, 256, 10), 1)}
cases |= {f"predict{batch}": (lesson, batch) for batch in (1, 16, 64, 256, 1024)}
ready = {}
print(f"ONNX Runtime {onnxruntime.__version__}", flush=True)
for line in sys.stdin:
    name, seconds = line.split()
    if name in cases and name not in ready:
        ready[name] = prediction(*cases[name])
    print(*time_calls(float(seconds), ready[name]) if name in ready else "-", flush=True)
