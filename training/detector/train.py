"""Trains one network on prepared rounds.

    python train.py --config configs/whole.json --data DIR [DIR ...] --out DIR [--threads 1] \
      [--folds sources/folds.tsv --leave-out 0] [--start A/net.pt B/net.pt]

One config file is one run. The state is written every `save_every` steps with optimiser, average and place in
the data, so a killed run goes on where it was. Runs on the GPU if there is one. Waits for parts that
`prepare.py` is still writing.

`--leave-out` keeps one half of the sources (`folds.py`), or several parts of them, from the network, which is then judged
on them.
`--start` begins at the mean of finished networks' weights instead of ImageNet's (Wortsman et al., "Model soups",
2022): both halves' networks, taught further on all sources, cost less than a third from the beginning.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional as F

from families import UNKNOWN
from folds import read_folds
from nets import Detector, mean_weights, new_detector, normalised


# The least of a kept whole that training looks at, as a share of its side.
CLOSEST = 0.87


@dataclass(frozen=True)
class Config:
    view: str  # "whole" or "squares"
    size: int
    steps: int
    batch: int
    rate: float
    decay: float
    frozen_blocks: int
    smoothing: float
    family_weight: float
    average: float
    warmup: int
    seed: int
    head_steps: int = 0  # first steps with the backbone held still: a head that means something before it teaches
    head_rate: float = 1.0  # the heads' rate as a multiple of `rate`
    folded: bool = True  # batch normalisations in the convolutions from the start
    aligned: float = 0.0  # share of each batch that are real squares and their reconstructions
    jitter: float = 0.0  # share of pictures whose colours are changed
    regions: float = 0.0  # share of pictures of which a region is seen in place of the whole
    drop_path: float = 0.0  # chance that a picture skips a residual block (Huang et al. 2016)

    @staticmethod
    def read(path: Path) -> Config:
        return Config(**json.loads(path.read_text()))

    @property
    def hash(self) -> str:
        """Names the run; fields left at their default do not count, so that a new field renames no old run."""
        told = {f.name: getattr(self, f.name) for f in fields(self) if getattr(self, f.name) != f.default}
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:12]


def parts_of(draw: Path) -> Iterator[Path]:
    """Parts of one draw in order of round and number, again from the first when all are done; waits for those to come."""
    while True:
        for folder in sorted(draw.glob("round-*")):
            for number in range(int((folder / "parts").read_text())):
                part = folder / f"part-{number:02d}"
                while not part.with_suffix(".json").exists():
                    time.sleep(5)
                yield part


def parts(draws: list[Path]) -> Iterator[Path]:
    """Parts of several draws by turns, so that a small draw of new sources is seen as often as a large one of old ones."""
    turns = [parts_of(draw) for draw in draws]
    while True:
        for turn in turns:
            yield next(turn)


class Pairs:
    """`aligned.py`'s real squares and their reconstructions, two by two; none of the repositories left out."""

    def __init__(self, folder: Path, view: str, left_out: frozenset[str]) -> None:
        self.each: list[tuple[np.ndarray, dict]] = []
        for file in sorted(folder.glob("part-*.json")):
            facts = json.loads(file.read_text())
            pixels = np.load(file.with_suffix(f".{view}.npy"), mmap_mode="r")
            self.each += [(pixels[at], fact) for at, fact in enumerate(facts) if fact["repo"] not in left_out]
        if not self.each:
            raise FileNotFoundError(f"{folder}: no pairs for this half")

    def drawn(self, count: int, config: Config, dice: random.Random) -> list[tuple[np.ndarray, dict]]:
        """`count` pairs, the real one of each first, both cut and turned alike: only the decoder's hand tells them apart."""
        out = []
        for _ in range(count):
            first, seed = 2 * dice.randrange(len(self.each) // 2), dice.random()
            out += [(augmented(kept, config, random.Random(seed)), fact) for kept, fact in self.each[first : first + 2]]
        return out


def batches(
    part: Path, config: Config, left_out: frozenset[str], dice: random.Random, pairs: Pairs | None
) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
    """Pixels [n, s, s, 3] uint8, labels [n] 0 or 1, families [n]; nothing of the repositories left out."""
    facts = json.loads(part.with_suffix(".json").read_text())
    kept = kept_views(part, config)
    order = [at for at, fact in enumerate(facts) if fact["repo"] not in left_out]
    dice.shuffle(order)
    beside = round(config.aligned * config.batch / 2)
    own = config.batch - 2 * beside
    for at in range(0, len(order) - own + 1, own):
        chosen = [(augmented(view_for(kept, config, dice)[i], config, dice), facts[i]) for i in order[at : at + own]]
        chosen += pairs.drawn(beside, config, dice) if pairs else []
        label = torch.tensor([fact["label"] for _, fact in chosen], dtype=torch.float32)
        family = torch.tensor([fact["family"] for _, fact in chosen])
        yield torch.from_numpy(np.stack([cut for cut, _ in chosen])), label, family


def kept_views(part: Path, config: Config) -> dict[str, np.ndarray]:
    """The views of a part of a draw that the network is taught on; a draw may hold only some (`prepare.py --views`).

    Raises FileNotFoundError where it holds none of them.
    """
    wanted = [config.view, *(["regions"] if config.regions else [])]
    kept = {view: np.load(file, mmap_mode="r") for view in wanted if (file := part.with_suffix(f".{view}.npy")).exists()}
    if not kept:
        raise FileNotFoundError(f"{part}: nothing of {' or '.join(wanted)}")
    return kept


def view_for(kept: dict[str, np.ndarray], config: Config, dice: random.Random) -> np.ndarray:
    """The view that one picture is taken from: by chance where a draw holds wholes and regions."""
    if len(kept) == 1:
        return next(iter(kept.values()))
    return kept["regions" if dice.random() < config.regions else config.view]


def augmented(kept: np.ndarray, config: Config, dice: random.Random) -> np.ndarray:
    """A random place, mirrored at random; squares also turned, as texture has no upright; colours changed by `jitter`."""
    if config.view == "squares":
        kept = kept[dice.randrange(len(kept))]
    all_of_it = kept.shape[0]
    side = config.size if config.view == "squares" else max(config.size, round(CLOSEST * all_of_it))
    if config.view == "whole" and dice.random() < 0.6:
        # Most of the picture in view, as at inference; the other draws look a little closer.
        side = dice.randint((side + all_of_it) // 2, all_of_it)
    y, x = (dice.randint(0, all_of_it - side) for _ in range(2))
    cut = kept[y : y + side, x : x + side]
    if side != config.size:
        cut = np.asarray(Image.fromarray(np.ascontiguousarray(cut)).resize((config.size, config.size), Image.Resampling.BILINEAR))
    if dice.random() < 0.5:
        cut = cut[:, ::-1]
    if config.view == "squares" and dice.random() < 0.3:
        cut = np.rot90(cut, dice.randint(1, 3))
    if config.jitter and dice.random() < config.jitter:
        cut = recoloured(cut, dice)
    return np.ascontiguousarray(cut)


def recoloured(pixels: np.ndarray, dice: random.Random) -> np.ndarray:
    """Exposure, contrast and saturation changed by up to a third, one in eight left without colour: what a source's own look is known by."""
    values = pixels.astype(np.float32)
    grey = values @ np.array([0.299, 0.587, 0.114], np.float32)
    saturation = 0.0 if dice.random() < 0.125 else dice.uniform(0.65, 1.35)
    values = grey[..., None] + saturation * (values - grey[..., None])
    middle = float(grey.mean())
    values = middle + dice.uniform(0.7, 1.3) * (values - middle)
    return np.clip(values * dice.uniform(0.75, 1.25) + 0.5, 0, 255).astype(np.uint8)


def loss_of(net: Detector, pixels: Tensor, label: Tensor, family: Tensor, config: Config) -> tuple[Tensor, Tensor]:
    verdict, families = net(normalised(pixels))
    smooth = label * (1 - config.smoothing) + config.smoothing / 2
    loss = F.binary_cross_entropy_with_logits(verdict, smooth)
    named = F.cross_entropy(families, family, ignore_index=UNKNOWN, label_smoothing=0.05)
    return loss + config.family_weight * named, verdict.detach()


def rate_at(step: int, config: Config) -> float:
    if step < config.warmup:
        return config.rate * (step + 1) / config.warmup
    return config.rate * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * min(1.0, step / config.steps))))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True, nargs="+", help="draws of prepare.py, read by turns")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--folds", type=Path, help="parts of the sources, for --leave-out")
    parser.add_argument("--leave-out", type=int, nargs="+", default=[], help="the parts that this network is not to see")
    parser.add_argument("--start", type=Path, nargs="*", default=[], help="finished networks to begin at the mean of")
    parser.add_argument("--aligned", type=Path, help="aligned.py's folder, for a config with a share of it")
    options = parser.parse_args()
    config = Config.read(options.config)
    if (config.aligned > 0) != bool(options.aligned):
        parser.error("--aligned goes with a config that has `aligned`")
    if options.leave_out and not options.folds:
        parser.error("--leave-out needs --folds")
    halves = read_folds(options.folds) if options.folds else {}
    left_out = frozenset(repo for repo, half in halves.items() if half in options.leave_out)
    pairs = Pairs(options.aligned, config.view, left_out) if options.aligned else None
    torch.set_num_threads(options.threads)
    torch.manual_seed(config.seed)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    options.out.mkdir(parents=True, exist_ok=True)
    state_file = options.out / "state.pt"

    net = new_detector(config.folded).to(device, memory_format=torch.channels_last)
    if options.start:
        net.load_state_dict(mean_weights(options.start))
    net.backbone.freeze(config.frozen_blocks)
    net.backbone.skip_blocks(config.drop_path)
    average = new_detector(config.folded).to(device)
    average.load_state_dict(net.state_dict())
    trained = [p for p in net.parameters() if p.requires_grad]
    backbone = [p for p in net.backbone.parameters() if p.requires_grad]
    heads = [*net.verdict.parameters(), *net.family.parameters()]
    optimiser = torch.optim.AdamW([{"params": backbone}, {"params": heads}], config.rate, weight_decay=config.decay, betas=(0.9, 0.99))
    step, parts_done = 0, 0
    if state_file.exists():
        state = torch.load(state_file, map_location=device, weights_only=True)
        net.load_state_dict(state["net"])
        average.load_state_dict(state["average"])
        optimiser.load_state_dict(state["optimiser"])
        step, parts_done = state["step"], state["parts_done"]
        print(f"goes on at step {step}", flush=True)

    net.train()
    started, seen, running, right = time.time(), 0, 0.0, 0.0
    for number, part in enumerate(parts(options.data)):
        if number < parts_done:
            continue
        dice = random.Random(f"{config.seed}/{number}")
        for pixels, label, family in batches(part, config, left_out, dice, pairs):
            rate = rate_at(step, config)
            optimiser.param_groups[0]["lr"] = 0.0 if step < config.head_steps else rate
            optimiser.param_groups[1]["lr"] = rate * config.head_rate
            pixels, label, family = pixels.to(device), label.to(device), family.to(device)
            loss, verdict = loss_of(net, pixels, label, family, config)
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(trained, 2.0)
            optimiser.step()
            step += 1
            with torch.no_grad():
                keep = min(config.average, (1 + step) / (20 + step))
                for a, b in zip(average.state_dict().values(), net.state_dict().values(), strict=True):
                    a.lerp_(b, 1 - keep) if a.is_floating_point() else a.copy_(b)
            seen += len(label)
            running += float(loss.detach())
            right += float(((verdict > 0) == (label > 0.5)).float().mean())
            if step % 50 == 0:
                speed = seen / (time.time() - started)
                print(f"step {step} part {number} loss {running / 50:.4f} right {right / 50:.3f} {speed:.1f} img/s", flush=True)
                running, right = 0.0, 0.0
            if step >= config.steps:
                break
        parts_done = number + 1
        if number % 4 == 3 or step >= config.steps:
            state = {"net": net.state_dict(), "average": average.state_dict(), "optimiser": optimiser.state_dict(),
                     "step": step, "parts_done": parts_done, "config": config.__dict__}
            torch.save(state, state_file.with_suffix(".new"))
            state_file.with_suffix(".new").replace(state_file)
        if step >= config.steps:
            break
    torch.save({"net": average.state_dict(), "config": config.__dict__, "hash": config.hash, "steps": step,
                "left_out": options.leave_out, "start": [str(file) for file in options.start]}, options.out / "net.pt")
    print(f"done: {step} steps, {seen} pictures, {time.time() - started:.0f} s", flush=True)


if __name__ == "__main__":
    main()
