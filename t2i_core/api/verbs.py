"""The first verbs of a notebook: open a dataset, build one."""

from __future__ import annotations

from pathlib import Path

from t2i_core import opening
from t2i_core.api.dataset import Dataset
from t2i_core.api.progress import bar
from t2i_core.config import read_settings, typed_path


def open_dataset(
    data: Path | str | None = None,
    *,
    images: Path | str | None = None,
    model: str | None = None,
    device: str | None = None,
) -> Dataset:
    """Open a dataset; `t2i_core.open` is this function.

    Parameters
    ----------
    data : path or str, optional
        Its folder, or ``milvus+http://HOST:PORT/COLLECTION``; when left out ``T2I_DATA``, else ``data``.
    images : path, optional
        The pictures' folder; when left out ``T2I_IMAGES``, else the one the dataset was built from.
    model : str, optional
        ``mini``, one of OpenAI's or the path of a checkpoint; when left out the one the dataset was built with.
    device : str, optional
        ``auto``, ``cpu`` or ``cuda``; when left out ``T2I_DEVICE``, else ``auto``.

    Raises
    ------
    DatasetError
        When it cannot be read.

    Examples
    --------
    >>> import t2i_core as t2i
    >>> demo = t2i.open("data")
    >>> len(demo), demo.model
    (291, 'mini')
    >>> [hit.rank for hit in demo.search("a dog", top_k=3)]
    [1, 2, 3]
    """
    place = read_settings().data_dir if data is None else typed_path(str(data))
    return Dataset(opening.open_gallery(place, _path(images)), model=model, device=device)


def build(
    images: Path | str,
    data: Path | str,
    *,
    captions: Path | str | None = None,
    model: str | None = None,
    device: str | None = None,
    captions_may_miss: bool = False,
    progress: bool = True,
) -> Dataset:
    """Make the embeddings of a picture folder, or bring them up to date, and open the dataset.

    Only new and changed pictures are encoded. Interrupted, it goes on from there when it is called again.

    Parameters
    ----------
    images, data : path
        The folder of the pictures, and the folder the dataset is written to.
    captions : path, optional
        A CSV with the columns image and caption, or JSON lines; when left out the dataset's own, if any.
    model, device : str, optional
        As for `open_dataset`; a new dataset takes ``T2I_MODEL``, else ``mini``.
    captions_may_miss : bool
        Build although no caption names a picture of the folder.
    progress : bool
        Show a bar.

    Returns
    -------
    Dataset
        What the build did stands in its ``built``.

    Raises
    ------
    BuildError, ImageError, DatasetError, ModelError
        When there is nothing to build, or something of it cannot be used.
    """
    from t2i_core.building import BuildOptions
    from t2i_core.building import build as run_build
    from t2i_core.dataset.manifest_file import read_manifest

    settings, place = read_settings(), typed_path(str(data))
    stored, _ = read_manifest(place)
    options = BuildOptions(
        images_dir=typed_path(str(images)),
        data_dir=place,
        captions=_path(captions),
        # T2I_MODEL is for datasets that name no model: a build keeps the one a dataset has.
        model=model or (None if stored else settings.model),
        model_dir=settings.model_dir,
        device=device or settings.device,
        max_pixels=settings.max_pixels,
        captions_may_miss=captions_may_miss,
    )
    with bar(shown=progress) as tell:
        report = run_build(options, on_progress=lambda step: tell(step.stage, step.done, step.total))
    # The person who named a model file here named it for the searches too.
    gallery = opening.open_gallery(place, options.images_dir)
    return Dataset(gallery, model=model, device=device, built=report)


def _path(place: Path | str | None) -> Path | None:
    return None if place is None else typed_path(str(place))
