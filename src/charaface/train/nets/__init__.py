"""Networks, each in a file of its own."""

from __future__ import annotations

from collections.abc import Callable

from torch import nn

from charaface.train.nets.detector import Detector
from charaface.train.nets.drawn_expression import DrawnExpression
from charaface.train.nets.expression import Expression
from charaface.train.nets.inception_resnet_v1 import InceptionResnetV1
from charaface.train.nets.landmarker import Landmarker
from charaface.train.nets.mini_xception import MiniXception
from charaface.train.nets.parser import Parser
from charaface.train.nets.pfld import PFLD
from charaface.train.nets.resnet50 import ResNet50
from charaface.train.nets.timm import Timm
from charaface.train.nets.vgg16 import VGG16
from charaface.train.nets.xception import Xception

NETS: dict[str, Callable[..., nn.Module]] = {
    "landmarker": Landmarker,
    "detector": Detector,
    "parser": Parser,
    "xception": Xception,
    "inception_resnet_v1": InceptionResnetV1,
    "resnet50": ResNet50,
    "vgg16": VGG16,
    "pfld": PFLD,
    "timm": Timm,
    "mini_xception": MiniXception,
    "expression": Expression,
    "drawn_expression": DrawnExpression,
}
