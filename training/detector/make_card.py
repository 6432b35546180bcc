"""Exports both networks and writes the card that the engine reads.

    python make_card.py --whole RUN/net.pt ... --squares RUN/net.pt ... --version NAME --out public/models \
      [--weights int8] [--whole-size 224]

The verdict rests on the picture as a whole and on four regions of it, looked at by one network that was taught both
(`configs/whole-regions.json`). The squares' network is for the map alone: beside the regions it adds
little to the verdict and takes a fifth of the time (training/results.md).

Of several finished networks of one view the mean of their weights is taken (`nets.py`); `--squares` also takes the
ONNX file that ships, which then stays as it is.

Calibrations are left for `calibrate.py` (families) and `training/fusion/fit.py` (probability): the card starts
without them.
"""

from __future__ import annotations

import argparse
import datetime
import hashlib
import json
from pathlib import Path

import numpy as np
import onnxruntime

from export import export, read_net, self_test_square
from families import FAMILIES
from nets import MEAN, SPREAD
from views import PREPARED

LABELS = {
    "none": "No generator",
    "gan-faces": "A GAN for faces (StyleGAN or alike)",
    "stable-diffusion-1-2": "Stable Diffusion 1 or 2",
    "sdxl-sd3": "Stable Diffusion XL or 3",
    "flux": "Flux",
    "dalle": "DALL-E",
    "gpt-image": "GPT Image",
    "gemini-imagen": "Gemini or Imagen",
    "midjourney": "Midjourney",
    "other-diffusion": "Another diffusion model",
}
# What the settings page tells of any network of this recipe; figures of one version stand in MODEL_CARD.md.
TRAINING = (
    "From ImageNet weights, on public images of known origin, both classes delivered alike "
    "(same shapes, sizes, kernels, JPEG, WebP or none)."
)
LIMITS = [
    "Art made by people and edited photographs are called AI-generated more often than plain photographs.",
    "Generators that are newer than its training images, and strongly compressed or reduced pictures, may pass.",
    "It judges the whole picture and cannot outline an edited part.",
]
# What a view adds to its network, by kind. Regions: one in each corner, that overlap in the middle of a square picture;
# a smaller input loses half of what they gain, and so do two of the four (training/results.md). Squares: three from
# corner to corner are as many as the map asks for at a time.
SHAPES: dict[str, dict] = {
    "whole": {"kernel": "bilinear"},
    "regions": {
        "share": 0.6, "kernel": "bilinear", "grid": 2, "cells": [(0, 0), (1, 0), (0, 1), (1, 1)], "pool": "mean",
    },
    "crops": {"grid": 3, "cells": [(0, 0), (1, 1), (2, 2)], "padding": "reflect", "pool": "mean"},
}
REGION_SIZE = 160


def exported(net_files: list[Path], out: Path, weights: str, size: int | None = None) -> int:
    """Writes the mean of some finished networks, or copies one that ships already.

    Returns the side of the squares that it is for: `size`, or without one what it was taught.
    """
    if net_files[0].suffix == ".onnx":
        (shipped,) = net_files
        if shipped != out:
            out.write_bytes(shipped.read_bytes())
        return onnxruntime.InferenceSession(out.read_bytes()).get_inputs()[0].shape[-1]
    net, config = read_net(net_files)
    size = size or config["size"]
    export(net, size, out, weights)
    return size


def view(name: str, kind: str, file: Path, size: int) -> dict:
    """The card's entry for a network that looks at squares of `size` px."""
    content = file.read_bytes()
    session = onnxruntime.InferenceSession(content)
    square = (self_test_square(size) - MEAN) / SPREAD
    logit = float(session.run(["logit"], {"pixels": square.astype(np.float32)})[0][0, 0])
    return {
        "id": name,
        "kind": kind,
        **SHAPES[kind],
        "file": {"path": file.name, "sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)},
        "input": {"name": "pixels", "size": size, "layout": "nchw", "mean": [MEAN] * 3, "std": [SPREAD] * 3},
        "output": {"name": "logit"},
        "families": {"name": "families"},
        "selfTestLogit": round(logit, 7),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--whole", type=Path, required=True, nargs="+")
    parser.add_argument("--squares", type=Path, required=True, nargs="+")
    parser.add_argument("--version", required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--weights", choices=["int8", "fp16", "fp32"], default="int8")
    parser.add_argument("--whole-size", type=int, help="px a side of the whole view, a multiple of 32; without, as it was taught")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    whole, squares = (options.out / f"detector-{name}.onnx" for name in ("global", "crop"))
    whole_size = exported(options.whole, whole, options.weights, options.whole_size)
    square_size = exported(options.squares, squares, options.weights)
    views = [
        view("global", "whole", whole, whole_size),
        view("region", "regions", whole, REGION_SIZE),
        view("crop", "crops", squares, square_size),
    ]
    weights = {"global": 1, "region": 1}
    files = {one["file"]["path"]: one["file"]["bytes"] for one in views}
    card = {
        "schema": 1,
        "version": options.version,
        "title": f"Truegrain detector: {len(files)} networks",
        "date": datetime.date.today().isoformat(),
        "licence": "MIT; started from ImageNet weights of EfficientNet-Lite0 (Apache-2.0)",
        "prepare": {"background": "white", "maxShorterSide": PREPARED, "kernel": "bicubic"},
        "views": views,
        "combine": {"bias": 0, "weights": weights},
        "calibration": None,
        "families": {
            "names": FAMILIES,
            "labels": [LABELS[name] for name in FAMILIES],
            "none": "none",
            "weights": weights,
            "temperature": 1,
            "least": 1,
        },
        "selfTest": {"reference": 0.01, "backends": 0.001},
        "labels": {"high": "ai-generated", "low": "real"},
        "training": TRAINING,
        "limits": LIMITS,
    }
    (options.out / "model.json").write_text(json.dumps(card, indent=2) + "\n")
    print(f"{options.version}: {sum(files.values())} bytes in {len(files)} networks")


if __name__ == "__main__":
    main()
