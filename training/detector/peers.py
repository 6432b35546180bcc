"""Published detectors of the same size class, judged by `evaluate.py --peers DIR` on the files it judges ours on.

DIR holds clones of the repositories below, bare or not, as `owner+name`. Code and weights are read from there at
the commit named here, so that what was measured is fixed; nothing of theirs stands in this project. Weights are
read as tensors alone. The code is run: read it first, or clone only whom you trust.

Each peer gets the delivered picture, prepared as its own test script does, and answers one log-odds.

FerretNet-S: Liang et al., "FerretNet: Efficient Synthetic Image Detection via Local Pixel Dependencies", NeurIPS 2025.
Tiny-LaDeDa: Cavia et al., "Real-Time Deepfake Detection in the Real-World", 2024 (arXiv 2406.09398).
"""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import numpy as np
import torch
from PIL import Image
from torch import nn

sys.path.append(str(Path(__file__).resolve().parent.parent / "fusion"))

from sources import git_directory, read_blobs  # noqa: E402

Statistics = tuple[tuple[float, float, float], tuple[float, float, float]]

CLIP: Statistics = ((0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711))
IMAGENET: Statistics = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))


def centre(image: Image.Image, side: int) -> Image.Image:
    """The middle square at native size, black where the picture is smaller: torchvision's `CenterCrop`."""
    left, top = (-((side - length) // 2) if length < side else round((length - side) / 2) for length in image.size)
    return image.crop((left, top, left + side, top + side))


def squeezed(image: Image.Image, side: int) -> Image.Image:
    """The whole picture as a square, its shape lost: torchvision's `Resize((side, side))`."""
    return image.resize((side, side), Image.Resampling.BILINEAR)


def tensor(image: Image.Image, statistics: Statistics) -> torch.Tensor:
    """[1, 3, height, width], values of 0 to 1 less the mean, over the deviation of each channel."""
    mean, deviation = (np.array(values, np.float32) for values in statistics)
    values = (np.asarray(image.convert("RGB"), np.float32) / 255 - mean) / deviation
    return torch.from_numpy(np.ascontiguousarray(values.transpose(2, 0, 1)))[None]


class Clone:
    """Files of one repository at one commit."""

    def __init__(self, clones: Path, repository: str, commit: str) -> None:
        git = git_directory(clones, repository)
        if git is None:
            raise FileNotFoundError(f"{clones}: no clone of {repository}")
        self.git, self.repository, self.commit = git, repository, commit

    def read(self, path: str) -> bytes:
        content = next(iter(read_blobs(self.git, [f"{self.commit}:{path}"])))
        if content is None:
            raise FileNotFoundError(f"{self.repository} lacks {path} at {self.commit}")
        return content

    def module(self, path: str) -> ModuleType:
        """One source file by itself: importing the packages around it would ask for all they need to train."""
        found = ModuleType(f"peer_{Path(path).stem}")
        found.__file__ = f"{self.repository}/{path}"
        exec(compile(self.read(path), found.__file__, "exec"), found.__dict__)
        return found

    def weights(self, path: str) -> dict[str, torch.Tensor]:
        found = torch.load(io.BytesIO(self.read(path)), map_location="cpu", weights_only=True)
        return found.get("model", found)


def ferretnet(clone: Clone) -> nn.Module:
    """As `configs/cfgs/FerretNet-S-Median-3.yaml` says."""
    net = clone.module("src/model/ferretnet.py").Ferret(
        in_channels=3, num_classes=1, dim=32, depths=[2, 2], lpd_func="median", window_size=3,
        lpd_dict=clone.module("src/model/lpd.py").get_lpd_dict(),
    )
    net.load_state_dict(clone.weights("checkpoints/4cls_ckpt/ferretnet-s-median-3.pth"))
    return net


def tiny_ladeda(clone: Clone) -> nn.Module:
    """As `options/base_options.py` says of Tiny: diagonal gradients, 8 features. Trained on WildRF, social media."""
    net = clone.module("networks/Tiny_LaDeDa.py").tiny_ladeda("right_diag", num_classes=1)
    net.fc = nn.Linear(8, 1)
    net.load_state_dict(clone.weights("weights/Tiny_LaDeDa/WildRF_Tiny_LaDeDa.pth"))
    return net


@dataclass(frozen=True)
class Peer:
    version: str
    repository: str
    commit: str
    build: Callable[[Clone], nn.Module]
    prepare: Callable[[Image.Image], torch.Tensor]


def ferretnet_sees(image: Image.Image) -> torch.Tensor:
    """`test_transforms` of that configuration."""
    return tensor(centre(image, 256), CLIP)


def tiny_ladeda_sees(image: Image.Image) -> torch.Tensor:
    """As `test.py` sets it and `data/datasets.py` does it: resized, not cut."""
    return tensor(squeezed(image, 256), IMAGENET)


PEERS = (
    Peer("ferretnet-s", "xigua7105/FerretNet", "e92796c1a2fb07ccc57ecd7e718e6dce067be5fa", ferretnet, ferretnet_sees),
    Peer(
        "tiny-ladeda", "barcavia/RealTime-DeepfakeDetection-in-the-RealWorld",
        "e734562bbb6763f5bb2951099e9dc9a38df5e7dd", tiny_ladeda, tiny_ladeda_sees,
    ),
)


class PeerJudge:
    """One peer with its weights; FileNotFoundError where its clone is not there."""

    def __init__(self, peer: Peer, clones: Path) -> None:
        self.version, self.prepare = peer.version, peer.prepare
        self.net = peer.build(Clone(clones, peer.repository, peer.commit)).eval()

    def logits(self, picture: Image.Image) -> dict[str, object]:
        """`{"whole": {"logit": log-odds of AI}}`"""
        with torch.inference_mode():
            return {"whole": {"logit": float(self.net(self.prepare(picture)))}}


def peer_judges(clones: Path) -> list[PeerJudge]:
    torch.set_num_threads(1)
    return [PeerJudge(peer, clones) for peer in PEERS]
