"""Which family of generators a kind of the list belongs to, for the generator head."""

from __future__ import annotations

# In the order of the network's outputs. "none" is a real image.
FAMILIES = (
    "none",
    "gan-faces",
    "stable-diffusion-1-2",
    "sdxl-sd3",
    "flux",
    "dalle",
    "gpt-image",
    "gemini-imagen",
    "midjourney",
    "other-diffusion",
)

_OF_KIND = {
    "stylegan-boredhumans": "gan-faces",
    "stylegan2": "gan-faces",
    "stylegan3-faces": "gan-faces",
    "r3gan": "gan-faces",
    "sd14": "stable-diffusion-1-2",
    "sd15": "stable-diffusion-1-2",
    "sd1x": "stable-diffusion-1-2",
    "sd14-finetunes": "stable-diffusion-1-2",
    "sd15-finetunes": "stable-diffusion-1-2",
    "sd2": "stable-diffusion-1-2",
    "sd2-turbo": "stable-diffusion-1-2",
    "sd-beta-2022": "stable-diffusion-1-2",
    "simulacrabot-2022": "stable-diffusion-1-2",
    "sdxl": "sdxl-sd3",
    "sdxl-turbo": "sdxl-sd3",
    "sd3": "sdxl-sd3",
    "sd35-medium": "sdxl-sd3",
    "sd35-large": "sdxl-sd3",
    "sd35-large-turbo": "sdxl-sd3",
    "flux1-dev": "flux",
    "flux1-dev-pulid": "flux",
    "flux1-schnell": "flux",
    "flux1-krea-dev": "flux",
    "flux1-kontext": "flux",
    "flux1.1-pro": "flux",
    "flux2": "flux",
    "flux2-dev": "flux",
    "flux2-klein": "flux",
    "flux2-pro": "flux",
    "dalle2": "dalle",
    "dalle3": "dalle",
    "bing-dalle2exp": "dalle",
    "bing-dalle3": "dalle",
    "gpt4o": "gpt-image",
    "gpt-image-2": "gpt-image",
    "gpt-image-unspecified": "gpt-image",
    "gemini-or-imagen": "gemini-imagen",
    "imagefx": "gemini-imagen",
    "nano-banana-pro": "gemini-imagen",
    "nano-banana-2": "gemini-imagen",
    "midjourney-2022": "midjourney",
    "midjourney-2023": "midjourney",
    "midjourney-2024": "midjourney",
    "midjourney": "midjourney",
    "midjourney-v5": "midjourney",
    "midjourney-v6": "midjourney",
    "midjourney-niji6": "midjourney",
    "midjourney-v7": "midjourney",
    "midjourney-v8": "midjourney",
    "dalle-mini": "other-diffusion",
    "ldm": "other-diffusion",
    "glid3-xl": "other-diffusion",
    "disco-diffusion": "other-diffusion",
    "majesty-diffusion": "other-diffusion",
    "z-image-turbo": "other-diffusion",
    "auraflow": "other-diffusion",
    "bria": "other-diffusion",
    "cogview": "other-diffusion",
    "cosmos": "other-diffusion",
    "f-lite": "other-diffusion",
    "guided-diffusion": "other-diffusion",
    "firefly": "other-diffusion",
    "hidream": "other-diffusion",
    "hunyuan-dit": "other-diffusion",
    "ideogram": "other-diffusion",
    "kandinsky": "other-diffusion",
    "kolors": "other-diffusion",
    "lumina": "other-diffusion",
    "omnigen": "other-diffusion",
    "pixart": "other-diffusion",
    "playground": "other-diffusion",
    "qwen-image": "other-diffusion",
    "sana": "other-diffusion",
    "stable-cascade": "other-diffusion",
    "wan": "other-diffusion",
}

# Not to be taught or asked: the list does not say which family made the image.
UNKNOWN = -1


def family_of(label: str, kind: str) -> int:
    """Index into FAMILIES; UNKNOWN for AI images of several or unnamed models."""
    if label == "real":
        return 0
    name = _OF_KIND.get(kind)
    return UNKNOWN if name is None else FAMILIES.index(name)
