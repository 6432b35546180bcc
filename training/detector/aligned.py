"""Real squares beside what an open autoencoder makes of them: the same content, one drawn by a decoder.

    python aligned.py --data DIR --clones DIR --out DIR [--pairs 1500] [--seed truegrain-aligned]

Generators of today end in a decoder from a small map to pixels; a network that tells a picture from its own
reconstruction has learned that decoder's hand and no content (Rajan et al., "Aligned Datasets Improve Detection of
Latent Diffusion-Generated Images", 2024). The autoencoder is madebyollin's taef2 (MIT), a small copy of FLUX.2's, by code
and weights of its repository at the commit below, which is run: read it first. CLONES holds it as `owner+name`.

From `prepare.py`'s squares of real pictures: each and its reconstruction are shrunk alike, saved alike, cut alike.
OUT/part-M.squares.npy [2 * pairs, 1, side, side, 3] with the real one before its own reconstruction, and part-M.json;
a finished part is not made again. Nothing of this may be committed: the pictures are other people's.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import nn

sys.path.append(str(Path(__file__).resolve().parent.parent / "fusion"))

from delivery import KERNELS, Encoding, encode, open_flat  # noqa: E402

from families import UNKNOWN  # noqa: E402
from peers import Clone  # noqa: E402

REPOSITORY, COMMIT = "madebyollin/taesd", "5cccb12dc72074a4be35680c3b108548a7c69978"
SIDE = 144  # kept of a square, of which training cuts its own
LEAST = 0.83  # the most that both are shrunk by, so that SIDE px are left of 176
PART, AT_ONCE = 250, 4


def autoencoder(clones: Path) -> nn.Module:
    """Pictures [n, 3, h, w] of 0 to 1 (h and w multiples of 8) to their reconstructions, which may leave that range."""
    clone = Clone(clones, REPOSITORY, COMMIT)
    made = clone.module("taesd.py").TAESD(None, None, latent_channels=32, arch_variant="flux_2")
    made.encoder.load_state_dict(clone.weights("taef2_encoder.pth"))
    made.decoder.load_state_dict(clone.weights("taef2_decoder.pth"))
    return nn.Sequential(made.encoder, made.decoder).eval()


def reconstructed(net: nn.Module, squares: np.ndarray) -> np.ndarray:
    """uint8 [n, s, s, 3] through the autoencoder, rounded again."""
    with torch.inference_mode():
        values = torch.from_numpy(squares.copy()).permute(0, 3, 1, 2).to(torch.float32).div_(255)
        return net(values).clamp_(0, 1).mul_(255).round_().to(torch.uint8).permute(0, 2, 3, 1).numpy()


def encoding(dice: random.Random) -> Encoding:
    fate = dice.random()
    if fate < 0.65:
        return Encoding("JPEG", dice.randint(50, 97), 0 if dice.random() < 0.3 else 2)
    return Encoding("WEBP", dice.randint(50, 95), 2) if fate < 0.8 else Encoding("PNG", 100, 0)


def delivered_alike(pair: tuple[np.ndarray, np.ndarray], dice: random.Random) -> list[np.ndarray]:
    """Both shrunk by one kernel to one size, saved by one encoding, cut at one place: [SIDE, SIDE, 3] each."""
    side = round(len(pair[0]) * dice.uniform(LEAST, 1))
    kernel, how = KERNELS[dice.choice(("area", "bicubic", "bilinear", "lanczos"))], encoding(dice)
    y, x = (dice.randint(0, side - SIDE) for _ in range(2))
    out = []
    for pixels in pair:
        image = Image.fromarray(pixels)
        image = image if side == len(pixels) else image.resize((side, side), kernel)
        image = image if how.format == "PNG" else open_flat(encode(image, how))
        out.append(np.asarray(image)[y : y + SIDE, x : x + SIDE])
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="prepare.py's folder")
    parser.add_argument("--clones", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--pairs", type=int, default=1500)
    parser.add_argument("--seed", default="truegrain-aligned")
    options = parser.parse_args()
    torch.set_num_threads(1)
    net = autoencoder(options.clones)
    options.out.mkdir(parents=True, exist_ok=True)
    wanted, chosen = random.Random(options.seed), []
    for file in sorted(options.data.glob("round-*/part-*.json")):
        facts = json.loads(file.read_text())
        chosen += [(file, at, facts[at]) for at in range(len(facts)) if facts[at]["label"] == 0]
    chosen = wanted.sample(chosen, min(options.pairs, len(chosen)))
    for first in range(0, len(chosen), PART):
        target = options.out / f"part-{first // PART:02d}"
        if target.with_suffix(".json").exists():
            continue
        dice, squares, told = random.Random(f"{options.seed}/{target.name}"), [], []
        own = chosen[first : first + PART]
        for start in range(0, len(own), AT_ONCE):
            some = own[start : start + AT_ONCE]
            kept = np.stack([np.load(file.with_suffix(".squares.npy"), mmap_mode="r")[at, 0] for file, at, _ in some])
            for real, again, (_, _, fact) in zip(kept, reconstructed(net, kept), some, strict=True):
                squares += delivered_alike((real, again), dice)
                same = {"repo": fact["repo"], "kind": fact["kind"], "sha256": fact["sha256"]}
                told += [{**same, "label": 0, "family": 0}, {**same, "label": 1, "family": UNKNOWN}]
        np.save(target.with_suffix(".squares.npy"), np.stack(squares)[:, None])
        target.with_suffix(".json").write_text(json.dumps(told))
        print(f"{target.name}: {len(told) // 2} pairs", flush=True)


if __name__ == "__main__":
    main()
