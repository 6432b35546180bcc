"""How an image reaches a reader: resized, recompressed, metadata gone, as the web does it.

Real images are mostly JPEG and AI images mostly PNG or WebP in public collections, in sizes and at
qualities that give the class away. A weight fitted on files as stored would learn that and nothing
else. So both classes go through the very same deliveries: a `Recipe` is drawn for a PAIR, one image
of each class, and both come out with the same shorter side, kernel, format and quality.
"""

from __future__ import annotations

import io
import random
from dataclasses import dataclass

from PIL import Image, ImageOps, JpegImagePlugin

KERNELS = {
    "bicubic": Image.Resampling.BICUBIC,
    "bilinear": Image.Resampling.BILINEAR,
    "lanczos": Image.Resampling.LANCZOS,
    "area": Image.Resampling.BOX,
}
SHORTEST, LONGEST = 224, 1024
QUALITY = (55, 96)
# Every matched picture is made at least this much smaller, so that resampling leaves its traces on
# both classes and "never resized" cannot stand for "made by AI".
SHRINK = 0.9

# Largest picture decoded, in pixels: a few wallpapers are larger than this machine's memory likes.
MAX_PIXELS = 60_000_000
Image.MAX_IMAGE_PIXELS = MAX_PIXELS


@dataclass(frozen=True)
class Encoding:
    format: str  # JPEG, WEBP or PNG
    quality: int
    subsampling: int  # JPEG only: 0 is 4:4:4, 2 is 4:2:0


@dataclass(frozen=True)
class Recipe:
    shorter: int
    kernel: str
    encodings: tuple[Encoding, ...]

    @property
    def last(self) -> Encoding:
        return self.encodings[-1]


WEB = Recipe(768, "bicubic", (Encoding("JPEG", 60, 2),))
HARD = Recipe(512, "bicubic", (Encoding("JPEG", 40, 2),))


def _encoding(dice: random.Random) -> Encoding:
    """65 % JPEG, 20 % WebP, 15 % PNG; quality 55 to 96; JPEG mostly with halved chroma, as on the web."""
    fate = dice.random()
    quality = dice.randint(*QUALITY)
    subsampling = 0 if dice.random() < 0.25 else 2
    if fate < 0.65:
        return Encoding("JPEG", quality, subsampling)
    return Encoding("WEBP", quality, 2) if fate < 0.85 else Encoding("PNG", 100, 0)


def matched_recipe(shorter_sides: tuple[int, ...], seed: str) -> Recipe:
    """The delivery of all images of a group, drawn from `seed` and from the smallest of them alone."""
    dice = random.Random(seed)
    wanted = dice.randint(SHORTEST, LONGEST)
    kernel = dice.choice(sorted(KERNELS))
    first = _encoding(dice)
    again = _encoding(dice) if dice.random() < 0.3 else None
    shorter = max(1, min(wanted, int(SHRINK * min(shorter_sides))))
    return Recipe(shorter, kernel, (first, again) if again else (first,))


def open_flat(content: bytes) -> Image.Image:
    """RGB, upright, alpha over white, colour profile and every other metadata dropped."""
    with Image.open(io.BytesIO(content)) as image:
        image.seek(0)
        upright = ImageOps.exif_transpose(image)
        if upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info:
            over = upright.convert("RGBA")
            flat = Image.new("RGB", over.size, "white")
            flat.paste(over, mask=over.getchannel("A"))
            return flat
        if upright.mode.startswith("I;16") or upright.mode in ("I", "F"):
            raise OSError("more than 8 bits a channel")
        flat = upright.convert("RGB")
        flat.info = {}
        return flat


def shrink(image: Image.Image, shorter: int, kernel: str) -> Image.Image:
    """The shorter side brought down to `shorter`; never enlarged."""
    if min(image.size) <= shorter:
        return image
    factor = shorter / min(image.size)
    size = tuple(shorter if side == min(image.size) else max(shorter, round(side * factor)) for side in image.size)
    return image.resize((size[0], size[1]), KERNELS[kernel])


def encode(image: Image.Image, encoding: Encoding) -> bytes:
    out = io.BytesIO()
    if encoding.format == "JPEG":
        image.save(out, "JPEG", quality=encoding.quality, subsampling=encoding.subsampling)
    elif encoding.format == "WEBP":
        image.save(out, "WEBP", quality=encoding.quality, method=2)
    else:
        image.save(out, "PNG")
    return out.getvalue()


def save_like(content: bytes, model: bytes) -> bytes:
    """A picture saved as JPEG with the quantisation tables and chroma sampling of another JPEG.

    Raises OSError where the other is no JPEG.
    """
    with Image.open(io.BytesIO(model)) as other:
        if not isinstance(other, JpegImagePlugin.JpegImageFile):
            raise OSError("no JPEG to save like")
        tables, sampling = other.quantization, JpegImagePlugin.get_sampling(other)
    out = io.BytesIO()
    open_flat(content).save(out, "JPEG", qtables=tables, subsampling=sampling)
    return out.getvalue()


def deliver(content: bytes, recipe: Recipe) -> bytes:
    """An image file delivered by `recipe`.

    Raises OSError or Image.DecompressionBombError for what Pillow cannot or should not open.
    """
    image = shrink(open_flat(content), recipe.shorter, recipe.kernel)
    encoded = encode(image, recipe.encodings[0])
    for encoding in recipe.encodings[1:]:
        encoded = encode(open_flat(encoded), encoding)
    return encoded
