"""Writes a trained network as ONNX with small weights, and says how far that moved its answers.

    python export.py --net RUN/net.pt [MORE/net.pt ...] --out FILE.onnx [--weights int8|fp16|fp32]

Input `pixels` float32 [n, 3, s, s], normalised, s a multiple of 32; outputs `logit` float32 [n, 1] (log-odds of "made by AI") and
`families` float32 [n, families]. Weights are kept as 8-bit integers with one scale an output channel, or as
16-bit floats, and turned back to float32 by nodes that the runtime folds when it loads the network: the
computation itself stays in float32 on every backend.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor, nn

from nets import Detector, mean_weights, new_detector
from tidy import tidied

OPSET = 13
# Tensors below this stay float32: biases weigh little on disk and much in an answer.
SMALLEST = 512


class Shipped(nn.Module):
    """The detector with outputs as the engine wants them."""

    def __init__(self, net: Detector) -> None:
        super().__init__()
        self.net = net

    def forward(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        verdict, families = self.net(pixels)
        return verdict[:, None], families


def read_net(files: list[Path]) -> tuple[Detector, dict]:
    """A finished network, or the mean of several of one shape, and the first one's configuration; ready to judge."""
    config = torch.load(files[0], map_location="cpu", weights_only=True)["config"]
    net = new_detector(config.get("folded", True))
    net.load_state_dict(mean_weights(files))
    return net.eval(), config


def quantised(name: str, values: np.ndarray) -> tuple[list, onnx.NodeProto]:
    """One scale an output channel, symmetric, -127..127 (as in integer weight quantisation at large)."""
    flat = np.abs(values.reshape(len(values), -1)).max(axis=1)
    scale = np.where(flat > 0, flat / 127, 1).astype(np.float32)
    shape = (-1,) + (1,) * (values.ndim - 1)
    whole = np.clip(np.round(values / scale.reshape(shape)), -127, 127).astype(np.int8)
    zeros = np.zeros(len(values), np.int8)
    parts = {"q": whole, "s": scale, "z": zeros}
    names = [f"{name}.{part}" for part in parts]
    tensors = [numpy_helper.from_array(array, f"{name}.{part}") for part, array in parts.items()]
    return tensors, helper.make_node("DequantizeLinear", names, [name], axis=0)


def halved(name: str, values: np.ndarray) -> tuple[list, onnx.NodeProto]:
    tensor = numpy_helper.from_array(values.astype(np.float16), f"{name}.h")
    return [tensor], helper.make_node("Cast", [f"{name}.h"], [name], to=TensorProto.FLOAT)


def shrink(model: onnx.ModelProto, kind: str) -> onnx.ModelProto:
    """The same graph with its large weights stored as `kind`."""
    tensors, nodes = [], []
    for tensor in model.graph.initializer:
        values = numpy_helper.to_array(tensor)
        if kind == "fp32" or values.dtype != np.float32 or values.size < SMALLEST or values.ndim < 2:
            tensors.append(tensor)
            continue
        # Depthwise kernels have few weights and wide ranges: 16 bits cost little there.
        narrow = kind == "int8" and not (values.ndim == 4 and values.shape[1] == 1)
        more, node = (quantised if narrow else halved)(tensor.name, values)
        tensors += more
        nodes.append(node)
    kept = list(model.graph.node)
    del model.graph.initializer[:], model.graph.node[:]
    model.graph.initializer.extend(tensors)
    model.graph.node.extend([*nodes, *kept])
    onnx.checker.check_model(model)
    return model


def export(net: Detector, size: int, out: Path, kind: str) -> None:
    torch.onnx.export(
        Shipped(net), (torch.zeros(1, 3, size, size),), str(out), dynamo=False, opset_version=OPSET,
        input_names=["pixels"], output_names=["logit", "families"],
        # Views of several sizes may share one network: its paddings are the same for every multiple of 32.
        dynamic_axes={"pixels": {0: "n", 2: "high", 3: "wide"}, "logit": {0: "n"}, "families": {0: "n"}},
    )
    onnx.save(tidied(shrink(onnx.load(str(out)), kind)), str(out))


def self_test_square(size: int) -> np.ndarray:
    """The fixed picture of `src/forensics/model/self-test.ts`, not normalised: [1, 3, s, s], 0..255."""
    y, x = np.mgrid[0:size, 0:size]
    return np.stack([(7 * x + 13 * y + 29 * c + (x * y) % 97) % 256 for c in range(3)])[None].astype(np.float32)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--net", type=Path, required=True, nargs="+", help="a finished network, or several to take the mean of")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--weights", choices=["int8", "fp16", "fp32"], default="int8")
    options = parser.parse_args()
    net, config = read_net(options.net)
    size = config["size"]
    export(net, size, options.out, options.weights)
    session = onnxruntime.InferenceSession(str(options.out), providers=["CPUExecutionProvider"])
    noise = torch.randn(16, 3, size, size, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        expected = net(noise)[0].numpy()
    found = session.run(["logit"], {"pixels": noise.numpy()})[0][:, 0]
    moved = float(np.abs(found - expected).max())
    print(f"{options.out.name}: {options.out.stat().st_size} bytes, logits moved by at most {moved:.4f} on noise")


if __name__ == "__main__":
    main()
