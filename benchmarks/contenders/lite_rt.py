"""LiteRT's prediction (XNNPACK), for benchmarks/compare: lite_rt.py THREADS < cases

The model is written with the schema that the package brings, so that TensorFlow is not needed: fully connected layers
with their ReLU, and log-softmax.
"""

import sys
from importlib.metadata import version

import flatbuffers
import numpy
from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter

from protocol import serve


def model(sizes, batch):
    random = numpy.random.default_rng(0)
    graph = schema.SubGraphT()
    graph.tensors, graph.operators = [], []
    file = schema.ModelT()
    file.version, file.subgraphs, file.buffers = 3, [graph], [schema.BufferT()]

    def tensor(name, shape, data=None):
        made = schema.TensorT()
        made.name, made.shape, made.type, made.buffer = name, list(shape), schema.TensorType.FLOAT32, 0
        if data is not None:
            buffer = schema.BufferT()
            buffer.data = numpy.frombuffer(data.astype("<f4").tobytes(), "u1")
            made.buffer = len(file.buffers)
            file.buffers.append(buffer)
        graph.tensors.append(made)
        return len(graph.tensors) - 1

    def operator(code, kind, options, inputs, output):
        made = schema.OperatorT()
        made.opcodeIndex, made.inputs, made.outputs = code, inputs, [output]
        made.builtinOptionsType, made.builtinOptions = kind, options
        graph.operators.append(made)

    file.operatorCodes = []
    for builtin in (schema.BuiltinOperator.FULLY_CONNECTED, schema.BuiltinOperator.LOG_SOFTMAX):
        code = schema.OperatorCodeT()
        code.builtinCode = code.deprecatedBuiltinCode = builtin
        code.version = 1
        file.operatorCodes.append(code)
    x = tensor("x", (batch, sizes[0]))
    graph.inputs = [x]
    for i, (a, b) in enumerate(zip(sizes, sizes[1:])):
        bound = 1 / a**0.5
        weight = tensor(f"w{i}", (b, a), random.uniform(-bound, bound, (b, a)))
        bias = tensor(f"b{i}", (b,), random.uniform(-bound, bound, b))
        y = tensor(f"y{i}", (batch, b))
        options = schema.FullyConnectedOptionsT()
        if i + 2 < len(sizes):
            options.fusedActivationFunction = schema.ActivationFunctionType.RELU
        operator(0, schema.BuiltinOptions.FullyConnectedOptions, options, [x, weight, bias], y)
        x = y
    if sizes[-1] > 1:  # one output is no class
        x = tensor("out", (batch, sizes[-1]))
        operator(1, schema.BuiltinOptions.LogSoftmaxOptions, schema.LogSoftmaxOptionsT(), [y], x)
    graph.outputs = [x]
    builder = flatbuffers.Builder(1 << 20)
    builder.Finish(file.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def make(kind, sizes, batch, dropout):
    if kind != "predict":
        return None
    network = Interpreter(model_content=model(sizes, batch), num_threads=int(sys.argv[1]))
    network.allocate_tensors()
    network.set_tensor(network.get_input_details()[0]["index"],
                       numpy.random.rand(batch, sizes[0]).astype("f4"))
    return network.invoke


serve(f"LiteRT {version('ai-edge-litert')}", make)
