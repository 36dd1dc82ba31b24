"""Exports networks that convopt was never tuned on, to compare engines on: torchvision's, with random weights.

    python bench/unseen.py FOLDER [NAME...]
    ./dev bench FOLDER/*.onnx light_densenet121 light_shufflenet -o bench/results/unseen

Needs torch, torchvision and onnx in the Python that runs it; nothing else of this project does. Weights are drawn as
for training from the start, normalisations have the statistics of one random batch, so that values keep their size
through any depth. The onnx package's light_* networks, whose names ./dev bench knows, need no export.
"""

import argparse
import math
import zlib
from pathlib import Path

import torch
import torchvision
from torch import nn

NAMES = """convnext_tiny deeplabv3_mobilenet_v3_large densenet121 efficientnet_b1 efficientnet_v2_s googlenet
lraspp_mobilenet_v3_large mnasnet0_5 mobilenet_v3_small regnet_x_800mf regnet_y_1_6gf regnet_y_400mf resnet34 resnet101
shufflenet_v2_x0_5 shufflenet_v2_x1_5 squeezenet1_0 wide_resnet50_2""".split()
SIZES = {"efficientnet_b1": 240}


class FirstOf(nn.Module):
    """The main output of a segmentation network, which gives several by name."""

    def __init__(self, model: nn.Module):
        """Of `model`."""
        super().__init__()
        self.model = model

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        """Its scores of each pixel."""
        return self.model(image)["out"]


def images(size: int) -> torch.Tensor:
    """Two random images with structure of several sizes."""
    result = torch.randn(2, 3, size, size)
    for step in (2, 4, 8, 16):
        coarse = torch.randn(2, 3, size // step, size // step)
        result = result + nn.functional.interpolate(coarse, size=(size, size))
    return result / 2


def randomise(model: nn.Module, batch: torch.Tensor) -> None:
    """Draws all weights, then takes the statistics of `batch`."""
    for module in model.modules():
        if isinstance(module, (nn.Conv2d, nn.Linear)):
            nn.init.normal_(module.weight, 0, math.sqrt(2 / module.weight[0].numel()))
            if module.bias is not None:
                nn.init.normal_(module.bias, 0, 0.05)
        elif isinstance(module, nn.BatchNorm2d):
            # Below 1, as trained: branches are smaller than the sums that they are added to.
            nn.init.normal_(module.weight, 0.6, 0.05)
            nn.init.normal_(module.bias, 0, 0.1)
            module.momentum = None  # The mean over all batches: this one.
    model.train()
    for module in model.modules():
        if isinstance(module, nn.Dropout):
            module.eval()
    with torch.no_grad():
        model(batch)
    model.eval()


def build(name: str) -> nn.Module:
    """torchvision's network `name`."""
    options = {"weights": None}
    segments = name.startswith(("lraspp", "deeplabv3", "fcn"))
    if segments:
        options["weights_backbone"] = None
    if name == "googlenet":
        options |= {"aux_logits": False, "init_weights": False}
    model = torchvision.models.get_model(name, **options)
    return FirstOf(model) if segments else model


def main() -> None:
    """Exports the networks of the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*", help="networks of torchvision (default: some of each kind)")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    for name in arguments.names or NAMES:
        torch.manual_seed(zlib.crc32(name.encode()))
        model = build(name)
        batch = images(256 if isinstance(model, FirstOf) else SIZES.get(name, 224))
        randomise(model, batch)
        path = arguments.folder / f"{name}.onnx"
        torch.onnx.export(model, (batch[:1],), str(path), dynamo=False, opset_version=17)
        print(path, flush=True)


if __name__ == "__main__":
    main()
