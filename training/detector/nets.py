"""The detector's networks: a backbone, a verdict and a family of generators."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn

from backbone import FEATURES, Lite0, imagenet_lite0
from families import FAMILIES

# Value given to the network: (channel 0..255 - MEAN) / SPREAD, as the ImageNet weights expect.
MEAN, SPREAD = 127.0, 128.0


class Detector(nn.Module):
    """Normalised pictures [n, 3, s, s] to log-odds of "made by AI" [n] and family logits [n, families]."""

    def __init__(self, backbone: Lite0, dropout: float = 0.2) -> None:
        super().__init__()
        self.backbone = backbone
        self.dropout = nn.Dropout(dropout)
        self.verdict = nn.Linear(FEATURES, 1)
        self.family = nn.Linear(FEATURES, len(FAMILIES))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        features = self.dropout(self.backbone(x))
        return self.verdict(features)[:, 0], self.family(features)


def new_detector(folded: bool, dropout: float = 0.2) -> Detector:
    """A detector on ImageNet weights whose heads know nothing yet."""
    net = Detector(imagenet_lite0(folded), dropout)
    for head in (net.verdict, net.family):
        nn.init.normal_(head.weight, std=0.01)
        nn.init.zeros_(head.bias)
    return net


def normalised(pixels: Tensor) -> Tensor:
    """uint8 [n, h, w, 3] to float [n, 3, h, w], channels last in memory."""
    return pixels.permute(0, 3, 1, 2).to(torch.float32, memory_format=torch.channels_last).sub_(MEAN).div_(SPREAD)


def mean_weights(files: list[Path]) -> dict[str, Tensor]:
    """The mean of finished networks of one shape (Wortsman et al., "Model soups", 2022); normalisation statistics too."""
    nets = [torch.load(file, map_location="cpu", weights_only=True)["net"] for file in files]
    return {name: (sum(net[name].double() for net in nets) / len(nets)).to(nets[0][name].dtype) for name in nets[0]}
