"""The errors a caller can expect, each with a message that says the rule, what came, and what to do; and how messages count."""


class T2IError(Exception):
    """Base of every error this package raises on purpose; pages catch this and nothing else."""


class DatasetError(T2IError):
    """A dataset folder is missing, unreadable, inconsistent, or made by something else."""


class ServerAwayError(DatasetError):
    """The server that holds a dataset does not answer in time; the same again may succeed later."""


class ModelError(T2IError):
    """A model or its weights cannot be had, or does not match the stored embeddings."""


class UnvouchedModelError(ModelError):
    """A dataset's manifest names a model file that no person named; ``model`` is what it says."""

    def __init__(self, message: str, *, model: str) -> None:
        super().__init__(message)
        self.model = model


class QueryError(T2IError):
    """A query cannot be answered as given (empty, too long, top_k out of range, not a picture)."""


class ImageError(T2IError):
    """A picture cannot be used: unreadable, too large, or outside its folder."""


class BuildError(T2IError):
    """A build cannot start or go on (another build is running, nothing to build, disk full)."""


class SearchIndexError(T2IError):
    """A search index refuses its input."""


class ProjectionError(T2IError):
    """A stored map belongs to other embeddings or cannot be read, or a map cannot be made."""


class ExtraMissingError(T2IError):
    """An optional package is missing; the message holds the exact install line."""


def count_of(number: int, noun: str) -> str:
    """A number and what is counted, which takes an s unless it is one.

    Examples
    --------
    >>> count_of(1, "picture"), count_of(2000, "picture"), count_of(0, "caption")
    ('1 picture', '2,000 pictures', '0 captions')
    """
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
