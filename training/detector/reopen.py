"""Turns a shipped network back into one that can be taught further, where the runs that led to it are gone.

    python reopen.py --onnx ../../public/models/detector-global.onnx --config configs/whole-further.json --data DIR --out RUN/net.pt

What ships has its batch normalisations folded into the convolutions and its weights rounded to 8 bits. Folded, a
network is taught badly (`backbone.py`), so the normalisations are put back: each channel's statistics are measured on
pictures of a draw (`prepare.py`), its weights get the norm that they have in the ImageNet network, and the
normalisation's own scale and shift are what then gives the same answers. Only the rounding stays.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn

from backbone import Same
from nets import Detector, new_detector, normalised
from train import Config, batches, parts

HEADS = ("verdict", "family")
# Pictures whose channels are measured; more move no answer, as what is measured is taken back exactly.
LEAST = 1024


def constants(model: onnx.ModelProto) -> dict[str, np.ndarray]:
    """Every constant of the graph by name, those that `Cast` and `Mul` turn back to float32 with them (`tidy.py`)."""
    found = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    for node in model.graph.node:
        if node.op_type in ("Cast", "Mul") and all(name in found for name in node.input):
            values = [found[name].astype(np.float32) for name in node.input]
            found[node.output[0]] = values[0] if node.op_type == "Cast" else values[0] * values[1]
    return found


def read_folded(file: Path) -> Detector:
    """The detector of an exported file, ready to judge. ValueError where its layers are not those of `Detector`."""
    model = onnx.load(str(file))
    found = constants(model)
    net = new_detector(folded=True)
    layers = [module.conv for module in net.modules() if isinstance(module, Same)]
    convolutions = [node for node in model.graph.node if node.op_type == "Conv"]
    if len(layers) != len(convolutions):
        raise ValueError(f"{file}: expected {len(layers)} convolutions, found {len(convolutions)}")
    # The exporter writes convolutions in the order in which pictures go through them.
    for layer, node in zip(layers, convolutions, strict=True):
        _, weight, bias = node.input
        _put(layer.weight, found.get(weight), file)
        _put(layer.bias, found.get(bias), file)
    for name in HEADS:
        head = getattr(net, name)
        _put(head.weight, found.get(f"net.{name}.weight"), file)
        _put(head.bias, found.get(f"net.{name}.bias"), file)
    return net.eval()


def _put(target: Tensor | None, values: np.ndarray | None, file: Path) -> None:
    if target is None or values is None or tuple(target.shape) != values.shape:
        raise ValueError(f"{file}: a layer has weights of shape {'?' if values is None else values.shape}")
    target.data.copy_(torch.from_numpy(values.copy()))


def measured(net: Detector, pictures: Iterable[Tensor]) -> list[tuple[Tensor, Tensor]]:
    """Mean and variance of each convolution's channels, without its bias, over normalised pictures [n, 3, s, s]."""
    layers = [module.conv for module in net.modules() if isinstance(module, Same)]
    sums = [torch.zeros(2, layer.out_channels, dtype=torch.float64) for layer in layers]
    counts = [0] * len(layers)

    def watch(at: int, layer: nn.Conv2d) -> torch.utils.hooks.RemovableHandle:
        def add(_module: nn.Module, _inputs: object, out: Tensor) -> None:
            values = out.double() if layer.bias is None else out.double() - layer.bias.double()[:, None, None]
            sums[at] += torch.stack([values.sum((0, 2, 3)), values.square().sum((0, 2, 3))])
            counts[at] += out.numel() // layer.out_channels

        return layer.register_forward_hook(add)

    handles = [watch(at, layer) for at, layer in enumerate(layers)]
    with torch.no_grad():
        for batch in pictures:
            net(batch)
    for handle in handles:
        handle.remove()
    means = [total[0] / count for total, count in zip(sums, counts, strict=True)]
    return [
        (mean, (total[1] / count - mean.square()).clamp(min=0))
        for mean, total, count in zip(means, sums, counts, strict=True)
    ]


def unfolded(folded: Detector, statistics: list[tuple[Tensor, Tensor]]) -> Detector:
    """The same answers from a network with batch normalisations, whose channels have these statistics."""
    net = new_detector(folded=False)
    before, after = ([module for module in each.modules() if isinstance(module, Same)] for each in (folded, net))
    for old, new, (mean, variance) in zip(before, after, statistics, strict=True):
        norm = new.norm
        if not isinstance(norm, nn.BatchNorm2d) or old.conv.bias is None:
            raise TypeError("expected a folded network and one with its normalisations")
        weight = old.conv.weight.data.double()
        # `new` still has ImageNet's weights here. A channel that has died keeps its own norm.
        own, wanted = (each.double().flatten(1).norm(dim=1) for each in (weight, new.conv.weight.data))
        scale = torch.where(own > 0, wanted / own, torch.ones_like(own))
        new.conv.weight.data.copy_(weight * scale[:, None, None, None])
        norm.running_mean.copy_(mean * scale)
        norm.running_var.copy_(variance * scale.square())
        norm.weight.data.copy_((variance * scale.square() + norm.eps).sqrt() / scale)
        norm.bias.data.copy_(old.conv.bias.data.double() + mean)
    for name in HEADS:
        getattr(net, name).load_state_dict(getattr(folded, name).state_dict())
    return net.eval()


def drawn(data: Path, config: Config) -> Iterable[Tensor]:
    """Normalised pictures of a draw, as training would see them."""
    seen, dice = 0, random.Random(config.seed)
    for part in parts([data]):
        for pixels, _, _ in batches(part, config, frozenset(), dice, None):
            yield normalised(pixels)
            seen += len(pixels)
            if seen >= LEAST:
                return


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--onnx", type=Path, required=True, help="the shipped network")
    parser.add_argument("--config", type=Path, required=True, help="the run that it is to go into")
    parser.add_argument("--data", type=Path, required=True, help="a draw of prepare.py")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    config = Config.read(options.config)
    folded = read_folded(options.onnx)
    net = unfolded(folded, measured(folded, drawn(options.data, config)))
    noise = torch.randn(16, 3, config.size, config.size, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        moved = float((net(noise)[0] - folded(noise)[0]).abs().max())
    options.out.parent.mkdir(parents=True, exist_ok=True)
    torch.save({"net": net.state_dict(), "config": config.__dict__, "hash": config.hash, "steps": 0,
                "left_out": [], "start": [str(options.onnx)]}, options.out)
    print(f"{options.onnx.name}: reopened, log-odds moved by at most {moved:.5f} on noise")


if __name__ == "__main__":
    main()
