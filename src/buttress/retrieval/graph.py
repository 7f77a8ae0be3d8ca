"""Writes the computation of all-MiniLM-L6-v2 as a small ONNX file whose weights stay in `model.safetensors`.

Only for building (needs the package `onnx`): the published weights are an installed package, so the graph
only says where in that file each tensor lies. Mean pooling and unit length are part of the graph.
"""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

LAYERS, HIDDEN, HEADS, EPSILON = 6, 384, 12, 1e-12
WEIGHTS_FILE = "model.safetensors"
_SIZE = HIDDEN // HEADS


def tensors(weights: Path) -> dict[str, tuple[list[int], int, int]]:
    """Return shape, offset in the file and length in bytes of every float tensor of a safetensors file."""
    with weights.open("rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header: dict[str, Any] = json.loads(file.read(length))
    found: dict[str, tuple[list[int], int, int]] = {}
    for name, entry in header.items():
        if name != "__metadata__" and entry["dtype"] == "F32":
            start, end = entry["data_offsets"]
            found[name] = (entry["shape"], 8 + length + start, end - start)
    return found


class _Graph:
    """Collects nodes; each method adds one and returns the name of its output."""

    def __init__(self, weights: dict[str, tuple[list[int], int, int]]) -> None:
        self.weights = weights
        self.nodes: list[Any] = []
        self.initializers: dict[str, Any] = {}

    def node(self, op: str, *inputs: str, **attributes: Any) -> str:
        from onnx import helper

        name = f"{op.lower()}{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, list(inputs), [name], name=name, **attributes))
        return name

    def weight(self, name: str) -> str:
        from onnx import TensorProto

        if name not in self.initializers:
            shape, offset, length = self.weights[name]
            tensor = TensorProto(name=name, data_type=TensorProto.FLOAT, dims=shape)
            tensor.data_location = TensorProto.EXTERNAL
            for key, value in (("location", WEIGHTS_FILE), ("offset", offset), ("length", length)):
                entry = tensor.external_data.add()
                entry.key, entry.value = key, str(value)
            self.initializers[name] = tensor
        return name

    def constant(self, name: str, values: list[int] | list[float], *, scalar: bool = False) -> str:
        from onnx import TensorProto, helper

        kind = TensorProto.INT64 if isinstance(values[0], int) else TensorProto.FLOAT
        self.initializers[name] = helper.make_tensor(name, kind, [] if scalar else [len(values)], values)
        return name

    def linear(self, x: str, name: str) -> str:
        return self.node("Gemm", x, self.weight(f"{name}.weight"), self.weight(f"{name}.bias"), transB=1)

    def normed(self, x: str, name: str) -> str:
        weight, bias = self.weight(f"{name}.weight"), self.weight(f"{name}.bias")
        return self.node("LayerNormalization", x, weight, bias, axis=-1, epsilon=EPSILON)


def serialised(weights: Path) -> bytes:
    """Return the ONNX model for the weights in a file; same file, same bytes.

    Inputs: `ids` and `mask`, int64 (texts, tokens), the mask 0 at padding. Output: `vectors`, float32
    (texts, 384), each of length 1.
    """
    from onnx import TensorProto, helper

    g = _Graph(tensors(weights))
    first, zero = g.constant("first", [0]), g.constant("zero", [0], scalar=True)
    heads = g.constant("heads", [0, 0, HEADS, _SIZE])
    rows = g.constant("rows", [-1, HIDDEN])
    shape = g.node("Shape", "ids")
    three = g.node("Concat", shape, g.constant("hidden", [HIDDEN]), axis=0)

    positions = g.node("Slice", g.weight("embeddings.position_embeddings.weight"), first,
                       g.node("Shape", "ids", start=1, end=2), first)  # fmt: skip
    kind = g.node("Gather", g.weight("embeddings.token_type_embeddings.weight"), zero)
    words = g.node("Gather", g.weight("embeddings.word_embeddings.weight"), "ids")
    summed = g.node("Add", g.node("Add", words, kind), positions)
    x = g.node("Reshape", g.normed(summed, "embeddings.LayerNorm"), rows)

    mask = g.node("Cast", "mask", to=TensorProto.FLOAT)
    spread = g.node("Unsqueeze", mask, g.constant("heads_and_queries", [1, 2]))
    absent = g.node("Mul", g.node("Sub", g.constant("one", [1.0], scalar=True), spread),
                    g.constant("never", [-3.4028234663852886e38], scalar=True))  # fmt: skip
    scale = g.constant("scale", [_SIZE**-0.5], scalar=True)
    root, half = g.constant("root", [2**0.5], scalar=True), g.constant("half", [0.5], scalar=True)
    for layer in range(LAYERS):
        at = f"encoder.layer.{layer}"

        def split(name: str, perm: list[int], x: str = x, at: str = at) -> str:
            y = g.node("Reshape", g.linear(x, f"{at}.attention.self.{name}"), three)
            return g.node("Transpose", g.node("Reshape", y, heads), perm=perm)

        query, value = split("query", [0, 2, 1, 3]), split("value", [0, 2, 1, 3])
        key = split("key", [0, 2, 3, 1])
        scores = g.node("Add", g.node("Mul", g.node("MatMul", query, key), scale), absent)
        mixed = g.node("MatMul", g.node("Softmax", scores, axis=-1), value)
        joined = g.node("Reshape", g.node("Transpose", mixed, perm=[0, 2, 1, 3]), rows)
        attended = g.linear(joined, f"{at}.attention.output.dense")
        x = g.normed(g.node("Add", attended, x), f"{at}.attention.output.LayerNorm")
        wide = g.linear(x, f"{at}.intermediate.dense")
        bell = g.node("Add", g.node("Erf", g.node("Div", wide, root)), "one")
        active = g.node("Mul", g.node("Mul", wide, bell), half)
        x = g.normed(g.node("Add", g.linear(active, f"{at}.output.dense"), x), f"{at}.output.LayerNorm")

    tokens = g.node("Reshape", x, three)
    weight = g.node("Unsqueeze", mask, g.constant("last", [2]))
    along = g.constant("along_tokens", [1])
    total = g.node("ReduceSum", g.node("Mul", tokens, weight), along, keepdims=0)
    mean = g.node("Div", total, g.node("ReduceSum", weight, along, keepdims=0))
    length = g.node("ReduceL2", mean, along, keepdims=1)
    g.nodes.append(helper.make_node("Div", [mean, length], ["vectors"], name="vectors"))

    graph = helper.make_graph(
        g.nodes,
        "all-MiniLM-L6-v2",
        [helper.make_tensor_value_info(n, TensorProto.INT64, ["texts", "tokens"]) for n in ("ids", "mask")],
        [helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["texts", HIDDEN])],
        list(g.initializers.values()),
    )
    opset = [helper.make_opsetid("", 18)]
    model = helper.make_model(graph, opset_imports=opset, ir_version=9, producer_name="buttress")
    return bytes(model.SerializeToString(deterministic=True))
