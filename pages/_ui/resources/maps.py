"""Stored maps: read again when they change, with the places of their clusters and the modality gap."""

from __future__ import annotations

import streamlit as st

from t2i_core import projection as projections
from t2i_core.dataset import cluster_names_file
from t2i_core.errors import DatasetError
from t2i_core.projection import clusters, gap
from t2i_core.types import Gallery


def projection_stamp(gallery: Gallery) -> str:
    """Changes whenever the gallery's map is written."""
    return projections.projection_stamp(gallery.data_dir)


def projection(gallery: Gallery) -> projections.Projection | None:
    """The stored map of a gallery, read again when it or names of its clusters change; None when there is none.

    Raises
    ------
    ProjectionError
        When the one there belongs to other embeddings.
    """
    return _named(gallery)[0]


def names_problem(gallery: Gallery) -> str:
    """Why the names that people gave to its clusters cannot be read; empty nearly always."""
    return _named(gallery)[1]


def joint_map(gallery: Gallery) -> projections.JointMap | None:
    """The stored map of captions and pictures; as `projection`."""
    stamp = projections.projection_stamp(gallery.data_dir, projections.JOINT_NAME)
    return _joint_map(gallery.key, str(gallery.data_dir), stamp, _gallery=gallery)


def cluster_centres(gallery: Gallery, projection: projections.Projection) -> list[tuple[float, float, int]]:
    """Where each cluster's name stands, and how many pictures it has."""
    return _cluster_centres(gallery.key, projection_stamp(gallery), _projection=projection)


def modality_gap(gallery: Gallery) -> gap.ModalityGap | None:
    """How far apart captions and pictures lie; None without captions."""
    return _modality_gap(gallery.key, _gallery=gallery)


def _named(gallery: Gallery) -> tuple[projections.Projection | None, str]:
    place = (gallery.key, str(gallery.data_dir), projection_stamp(gallery))
    made = _projection(*place, _gallery=gallery)
    if made is None:
        return None, ""
    return _with_names(*place, cluster_names_file.cluster_names_stamp(gallery.data_dir), _gallery=gallery, _made=made)


@st.cache_resource(max_entries=4, show_spinner=False)
def _projection(gallery_key: str, data_dir: str, stamp: str, *, _gallery: Gallery) -> projections.Projection | None:
    return projections.read_made(_gallery)


@st.cache_resource(max_entries=4, show_spinner=False)
def _with_names(
    gallery_key: str, data_dir: str, stamp: str, names: str, *, _gallery: Gallery, _made: projections.Projection
) -> tuple[projections.Projection, str]:
    """The map with the names that people gave: its arrays are those of the map without."""
    try:
        return projections.with_given_names(_made, _gallery), ""
    except DatasetError as error:
        return _made, str(error)


@st.cache_resource(max_entries=2, show_spinner=False)
def _joint_map(gallery_key: str, data_dir: str, stamp: str, *, _gallery: Gallery) -> projections.JointMap | None:
    return projections.read_joint(_gallery)


@st.cache_data(max_entries=8, show_spinner=False)
def _cluster_centres(
    gallery_key: str, stamp: str, *, _projection: projections.Projection
) -> list[tuple[float, float, int]]:
    return clusters.cluster_places(_projection.coordinates, _projection.cluster_labels)


@st.cache_data(max_entries=8, show_spinner=False)
def _modality_gap(gallery_key: str, *, _gallery: Gallery) -> gap.ModalityGap | None:
    return gap.modality_gap(_gallery)
