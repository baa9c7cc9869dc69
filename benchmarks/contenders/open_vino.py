"""OpenVINO's prediction, for benchmarks/compare: open_vino.py THREADS < cases

Float32 whatever the processor has, a batch of fixed size, one stream, input and output in place.
"""

import sys

import numpy
import openvino
from openvino import opset13 as ops

from protocol import serve


def model(sizes, batch):
    random = numpy.random.default_rng(0)
    x = value = ops.parameter([batch, sizes[0]], numpy.float32)
    for i, (a, b) in enumerate(zip(sizes, sizes[1:])):
        bound = 1 / a**0.5
        weight = ops.constant(random.uniform(-bound, bound, (b, a)).astype("f4"))
        bias = ops.constant(random.uniform(-bound, bound, (1, b)).astype("f4"))
        value = ops.add(ops.matmul(value, weight, False, True), bias)
        if i + 2 < len(sizes):
            value = ops.relu(value)
        elif b > 1:  # one output is no class
            value = ops.log_softmax(value, 1)
    return openvino.Model([value], [x], "network")


def make(kind, sizes, batch, dropout):
    if kind != "predict":
        return None
    request = core.compile_model(model(sizes, batch), "CPU", {
        "INFERENCE_NUM_THREADS": int(sys.argv[1]), "NUM_STREAMS": "1", "PERFORMANCE_HINT": "LATENCY",
        "INFERENCE_PRECISION_HINT": "f32"}).create_infer_request()
    request.set_input_tensor(openvino.Tensor(numpy.random.rand(batch, sizes[0]).astype("f4")))

    def call():  # infer() would copy the result
        request.start_async()
        request.wait()

    return call


core = openvino.Core()
serve(f"OpenVINO {openvino.__version__.split('-')[0]}", make)
