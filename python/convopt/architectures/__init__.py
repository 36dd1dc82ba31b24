"""The convolutions of networks that people use but that no model file here has: detectors, text, sound, segmentation.

Each function yields the layers of one family as its papers and reference implementations give them (input size,
channels, kernels, strides), repeated blocks once. A one-dimensional convolution is an image of one row, a fully
connected layer an image of one pixel. Only geometry counts: neither the order of the layers nor what lies between them
is said.
"""

from convopt.architectures.classifiers import batches, classifiers
from convopt.architectures.detectors import faces, single_shot, yolo_csp, yolo_v3
from convopt.architectures.pictures import pictures, segmentation
from convopt.architectures.signals import spectrograms, text, waveforms

FAMILIES = (
    yolo_v3, yolo_csp, single_shot, text, spectrograms, waveforms, segmentation, pictures, classifiers, faces, batches,
)  # fmt: skip


def architecture_layers():
    """The layers of all of them; some more than once."""
    for family in FAMILIES:
        yield from family()
