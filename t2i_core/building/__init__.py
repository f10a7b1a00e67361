"""Builds a dataset from a folder of pictures: reader → encoder → writer; resumable, incremental, in shards."""

from t2i_core.building.building import build
from t2i_core.building.types import BuildOptions, BuildProgress, BuildReport, SkippedPicture

__all__ = ["BuildOptions", "BuildProgress", "BuildReport", "SkippedPicture", "build"]
