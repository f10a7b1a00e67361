"""Stored maps: read again when they change, with the places of their clusters and the modality gap."""

from __future__ import annotations

import streamlit as st

from t2i_core import projection as projections
from t2i_core.projection import clusters, gap
from t2i_core.types import Gallery


def projection_stamp(gallery: Gallery) -> str:
    """Changes whenever the gallery's map is written."""
    return projections.projection_stamp(gallery.data_dir)


def projection(gallery: Gallery) -> projections.Projection | None:
    """The stored map of a gallery, read again when it changes; None when there is none.

    Raises
    ------
    ProjectionError
        When the one there belongs to other embeddings.
    """
    return _projection(gallery.key, str(gallery.data_dir), projection_stamp(gallery), _gallery=gallery)


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


@st.cache_resource(max_entries=4, show_spinner=False)
def _projection(gallery_key: str, data_dir: str, stamp: str, *, _gallery: Gallery) -> projections.Projection | None:
    return projections.read_projection(_gallery)


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
