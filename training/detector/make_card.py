"""Exports both networks and writes the card that the engine reads.

    python make_card.py --whole RUN/net.pt ... --squares RUN/net.pt ... --version NAME --out public/models \
      [--weights int8] [--whole-size 224]

Of several finished networks of one view the mean of their weights is taken (`nets.py`).

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
# Three squares of a grid of three by three, from corner to corner: on sources left out two more gain nothing, and take
# two thirds as long again (training/results.md).
GRID, CELLS = 3, ((0, 0), (1, 1), (2, 2))


def view(name: str, net_files: list[Path], out: Path, file_name: str, kind: str, weights: str, size: int | None = None) -> dict:
    """One view's network exported for pictures of `size` px (its training's own without one), and its entry of the card."""
    net, config = read_net(net_files)
    size = size or config["size"]
    export(net, size, out / file_name, weights)
    content = (out / file_name).read_bytes()
    session = onnxruntime.InferenceSession(content)
    square = (self_test_square(size) - MEAN) / SPREAD
    logit = float(session.run(["logit"], {"pixels": square.astype(np.float32)})[0][0, 0])
    shape = {"kernel": "bilinear"} if kind == "whole" else {
        "grid": GRID, "cells": CELLS, "padding": "reflect", "pool": "mean",
    }
    return {
        "id": name,
        "kind": kind,
        **shape,
        "file": {"path": file_name, "sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)},
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
    views = [
        view("global", options.whole, options.out, "detector-global.onnx", "whole", options.weights, options.whole_size),
        view("crop", options.squares, options.out, "detector-crop.onnx", "crops", options.weights),
    ]
    weights = {"global": 1, "crop": 1}
    card = {
        "schema": 1,
        "version": options.version,
        "title": f"Truegrain detector: {len(views)} networks",
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
            "weights": {"global": 1, "crop": 1},
            "temperature": 1,
            "least": 1,
        },
        "selfTest": {"reference": 0.01, "backends": 0.001},
        "labels": {"high": "ai-generated", "low": "real"},
        "training": TRAINING,
        "limits": LIMITS,
    }
    (options.out / "model.json").write_text(json.dumps(card, indent=2) + "\n")
    total = sum(one["file"]["bytes"] for one in views)
    print(f"{options.version}: {total} bytes in {len(views)} networks")


if __name__ == "__main__":
    main()
