"""ONNX Runtime's prediction, for benchmarks/compare: onnx_runtime.py THREADS < cases

Inputs and outputs are bound once, which is the fastest way to call it from Python.
"""

import sys

import numpy
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from protocol import serve


def model(sizes):
    random = numpy.random.default_rng(0)
    nodes, weights, x = [], [], "x"
    for i, (a, b) in enumerate(zip(sizes, sizes[1:])):
        bound = 1 / a**0.5
        weights.append(numpy_helper.from_array(random.uniform(-bound, bound, (b, a)).astype("f4"), f"w{i}"))
        weights.append(numpy_helper.from_array(random.uniform(-bound, bound, b).astype("f4"), f"b{i}"))
        last = i + 2 == len(sizes)
        raw = last and b == 1  # one output is no class
        nodes.append(helper.make_node("Gemm", [x, f"w{i}", f"b{i}"], ["out" if raw else f"y{i}"], transB=1))
        if not raw:
            nodes.append(helper.make_node("LogSoftmax" if last else "Relu", [f"y{i}"], ["out" if last else f"r{i}"]))
        x = f"r{i}"
    value = lambda name, width: helper.make_tensor_value_info(name, TensorProto.FLOAT, ["batch", width])
    graph = helper.make_graph(nodes, "network", [value("x", sizes[0])], [value("out", sizes[-1])], weights)
    result = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])
    result.ir_version = 8
    return result.SerializeToString()


def make(kind, sizes, batch, dropout):
    if kind != "predict":
        return None
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


serve(f"ONNX Runtime {onnxruntime.__version__}", make)
