"""Leaves of an exported network what a runtime has to compute for each picture.

    python tidy.py FILE.onnx ...

PyTorch writes a padding as eight nodes that compute its constant sizes, and then as a node of its own; and
runtimes keep `DequantizeLinear` of constant weights to the end, so that every picture pays for it. Here a padding
becomes a part of its convolution, and weights are turned back by `Cast` and `Mul`, which runtimes fold when they
load the network. The answers stay the same.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import helper, numpy_helper


# What a side that a network leaves free is for the while: enough to be halved as often as networks do.
FREE = 64


def attribute(node: onnx.NodeProto, name: str, otherwise: object) -> object:
    return next((helper.get_attribute_value(one) for one in node.attribute if one.name == name), otherwise)


def padding_sizes(model: onnx.ModelProto, pads: list[onnx.NodeProto]) -> list[np.ndarray]:
    """What the nodes before each padding compute: they depend on no picture."""
    asked = onnx.ModelProto()
    asked.CopyFrom(model)
    names = [node.input[1] for node in pads]
    asked.graph.output.extend(helper.make_empty_tensor_value_info(name) for name in names)
    session = onnxruntime.InferenceSession(asked.SerializeToString(), providers=["CPUExecutionProvider"])
    (pixels,) = session.get_inputs()
    shape = [side if isinstance(side, int) else FREE for side in pixels.shape]
    return session.run(names, {pixels.name: np.zeros(shape, np.float32)})


def without_paddings(model: onnx.ModelProto) -> None:
    """Zeros around a convolution's input are its own business."""
    pads = [node for node in model.graph.node if node.op_type == "Pad"]
    if not pads:
        return
    for node, sizes in zip(pads, padding_sizes(model, pads)):
        before, after = sizes[:4], sizes[4:]
        users = [user for user in model.graph.node if node.output[0] in user.input]
        if attribute(node, "mode", b"constant") != b"constant" or any(before[:2]) or any(after[:2]):
            raise ValueError(f"{node.name} pads with something else than zeros around a picture")
        for user in users:
            if user.op_type != "Conv":
                raise ValueError(f"{node.name} is read by {user.op_type}")
            own = attribute(user, "pads", [0, 0, 0, 0])
            sides = [int(a + b) for a, b in zip(own, [*before[2:], *after[2:]])]
            kept = [one for one in user.attribute if one.name != "pads"]
            del user.attribute[:]
            user.attribute.extend([*kept, helper.make_attribute("pads", sides)])
            user.input[0] = node.input[0]


def without_dequantising(model: onnx.ModelProto) -> None:
    """Weights in 8 bits times a scale for every output, without zero points."""
    constants = {tensor.name: tensor for tensor in model.graph.initializer}
    nodes: list[onnx.NodeProto] = []
    for node in model.graph.node:
        if node.op_type != "DequantizeLinear":
            nodes.append(node)
            continue
        whole, scale, zero = (constants[name] for name in node.input)
        if attribute(node, "axis", 1) != 0 or numpy_helper.to_array(zero).any():
            raise ValueError(f"{node.output[0]} has zero points, or scales along another axis")
        flat = numpy_helper.to_array(scale).reshape((-1,) + (1,) * (len(whole.dims) - 1))
        scale.CopyFrom(numpy_helper.from_array(flat, scale.name))
        turned = f"{node.output[0]}.f"
        nodes += [
            helper.make_node("Cast", [whole.name], [turned], to=onnx.TensorProto.FLOAT),
            helper.make_node("Mul", [turned, scale.name], [node.output[0]]),
        ]
    del model.graph.node[:]
    model.graph.node.extend(nodes)


def without_unused(model: onnx.ModelProto) -> None:
    wanted = {output.name for output in model.graph.output}
    nodes = []
    for node in reversed(model.graph.node):
        if wanted & set(node.output):
            nodes.insert(0, node)
            wanted |= set(node.input)
    constants = [tensor for tensor in model.graph.initializer if tensor.name in wanted]
    del model.graph.node[:], model.graph.initializer[:]
    model.graph.node.extend(nodes)
    model.graph.initializer.extend(constants)


def tidied(model: onnx.ModelProto) -> onnx.ModelProto:
    """The same network; the argument is changed."""
    without_paddings(model)
    without_dequantising(model)
    without_unused(model)
    onnx.checker.check_model(model)
    return model


def main() -> None:
    for path in map(Path, sys.argv[1:]):
        before = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
        (pixels,) = before.get_inputs()
        noise = np.random.default_rng(1).standard_normal((2, *pixels.shape[1:])).astype(np.float32)
        expected = before.run(None, {pixels.name: noise})
        bytes_ = tidied(onnx.load(str(path))).SerializeToString()
        found = onnxruntime.InferenceSession(bytes_, providers=["CPUExecutionProvider"]).run(None, {pixels.name: noise})
        moved = max(float(np.abs(a - b).max()) for a, b in zip(expected, found))
        path.write_bytes(bytes_)
        print(f"{path.name}: {len(bytes_)} bytes, answers moved by at most {moved:.1e} on noise")


if __name__ == "__main__":
    main()
