"""What is left out of torchvision at first is there when it is asked for."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]


def test_clip_is_imported_without_torchs_compiler_and_torchvision_stays_whole() -> None:
    code = """
import sys
from t2i_core.encoder import openai_clip
assert "torch._dynamo" not in sys.modules, "the model zoo was imported"
import torchvision
from torchvision.models._meta import _IMAGENET_CATEGORIES
assert len(_IMAGENET_CATEGORIES) == 1000
assert callable(torchvision.ops.nms) and callable(torchvision.models.resnet18)
try:
    torchvision.nonsense
except AttributeError as error:
    print(error)
"""
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.strip() == "module 'torchvision' has no attribute 'nonsense'"
