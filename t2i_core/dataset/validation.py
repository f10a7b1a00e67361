"""What is wrong with a dataset folder, said all at once."""

from __future__ import annotations

from pathlib import Path

from t2i_core.dataset.captions_file import read_captions
from t2i_core.dataset.mapped_rows import MAPPED_DIR, check_mapped
from t2i_core.dataset.picture_names import list_some
from t2i_core.dataset.reading import read_gallery
from t2i_core.dataset.rebuilding import BUILD, complete
from t2i_core.dataset.stored_files import CAPTIONS_NAME
from t2i_core.dataset.switch_record import current_path, read_current
from t2i_core.errors import DatasetError, ImageError, count_of
from t2i_core.pictures.folder import is_folder, is_there
from t2i_core.pictures.images import list_pictures, picture_path, picture_size
from t2i_core.types import Gallery, Problem

SEVERITIES = ("fatal", "warning", "note")


def validate(data_dir: Path, images_dir: Path | None = None) -> list[Problem]:
    """Problems of a dataset and its pictures, the fatal ones first; none for a healthy one. Nothing is written.

    Reads everything `read_gallery` reads and the header of every picture (about 6 s for 30,000
    pictures on a local disk); the embeddings are compared with a model by `check_embeddings`.
    """
    try:
        gallery = read_gallery(data_dir, images_dir, derive=False)
    except DatasetError as error:
        problems = [Problem("fatal", "dataset_unusable", str(error)), *_captions_alone(data_dir, error)]
    else:
        problems = [
            *gallery.problems,
            *_mapped_problems(data_dir),
            *_picture_problems(gallery),
            *_uncaptioned(gallery),
        ]
    return sorted(problems, key=lambda problem: SEVERITIES.index(problem.severity))


def _captions_alone(data_dir: Path, already: DatasetError) -> list[Problem]:
    """What the captions file alone has to say where the embeddings cannot be read."""
    path = data_dir / CAPTIONS_NAME
    if not is_there(current_path(path)):
        return []
    try:
        return list(read_current(path, read_captions).problems)
    except DatasetError as error:
        return [] if str(error) == str(already) else [Problem("fatal", "captions_unusable", str(error))]


def _mapped_problems(data_dir: Path) -> list[Problem]:
    """Files of the mapped store that are not as they were written: a search would answer from damaged rows."""
    changed = check_mapped(data_dir / MAPPED_DIR)
    if not changed:
        return []
    message = (
        f"{count_of(len(changed), 'file')} of {data_dir / MAPPED_DIR} changed since written: {list_some(changed)}."
    )
    return [Problem("warning", "mapped_changed", message, "Remove that folder; it is made again when needed.")]


def _picture_problems(gallery: Gallery) -> list[Problem]:
    """Pictures that cannot be opened, and pictures nobody embedded."""
    if not is_folder(gallery.images_dir):
        return []
    try:
        on_disk = set(list_pictures(gallery.images_dir))
    except ImageError as error:
        return [Problem("warning", "images_dir_unreadable", str(error))]
    broken: list[str] = []
    for image_id in gallery.image_ids:
        if not is_there(gallery.images_dir / image_id):
            continue  # reported while reading
        try:
            picture_size(picture_path(gallery.images_dir, image_id), name=image_id)
        except ImageError as error:
            broken.append(str(error))
    problems = []
    if broken:
        message = f"{count_of(len(broken), 'picture')} of {len(gallery):,} cannot be opened. First: {broken[0]}"
        problems.append(Problem("warning", "pictures_broken", message))
    extra = sorted(on_disk.difference(gallery.image_ids))
    if extra:
        message = (
            f"{count_of(len(extra), 'picture')} in {gallery.images_dir} cannot be found by a search, "
            f"having no embeddings: {list_some(extra)}."
        )
        found = Problem("note", "pictures_without_embeddings", message, f"Add them: {BUILD}")
        problems.append(complete(found, data_dir=gallery.data_dir, images_dir=gallery.images_dir))
    return problems


def _uncaptioned(gallery: Gallery) -> list[Problem]:
    counts = gallery.caption_counts.tolist()
    bare = [image_id for image_id, count in zip(gallery.image_ids, counts, strict=True) if not count]
    if not gallery.captions or not bare:
        return []
    verb = "has" if len(bare) == 1 else "have"
    message = f"{count_of(len(bare), 'picture')} of {len(gallery):,} {verb} no caption: {list_some(bare)}."
    return [Problem("note", "pictures_uncaptioned", message)]
