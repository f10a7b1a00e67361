"""Projections: a map of a gallery's pictures in two dimensions, made once, stored, and read by pages.

Importing this package loads neither umap nor numba; `make_projection` does when it is called.
"""

from t2i_core.projection.given_names import Renamed, rename_cluster, take_back, with_given_names
from t2i_core.projection.making import ProjectionProgress, make_projection
from t2i_core.projection.placing import Marker, QueryPlace, place_by_neighbours, place_query
from t2i_core.projection.stored import (
    JOINT_NAME,
    PROJECTION_NAME,
    JointMap,
    Projection,
    projection_stamp,
    read_joint,
    read_made,
    read_projection,
    write_projection,
)

__all__ = [
    "JOINT_NAME",
    "PROJECTION_NAME",
    "JointMap",
    "Marker",
    "Projection",
    "ProjectionProgress",
    "QueryPlace",
    "Renamed",
    "make_projection",
    "place_by_neighbours",
    "place_query",
    "projection_stamp",
    "read_joint",
    "read_made",
    "read_projection",
    "rename_cluster",
    "take_back",
    "with_given_names",
    "write_projection",
]
