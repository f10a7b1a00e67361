"""Reading Parquet and Arrow files nobody vouches for, a few rows at a time; what claims to grow far too much is refused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from t2i_core.dataset.npz_file import LARGE_BYTES, MOST_GROWTH
from t2i_core.errors import DatasetError, ExtraMissingError

if TYPE_CHECKING:
    import pyarrow

MOST_ROWS = 50_000_000
MOST_BATCH_BYTES = 2**30
ROWS_AT_ONCE = 256  # pictures may be rows, and a column of one value is small on disk whatever the value is
SUFFIXES = (".parquet", ".arrow")


def columns_of(path: Path) -> dict[str, str]:
    """Name and type, in Arrow's words, of every column.

    Raises
    ------
    DatasetError
        When it cannot be read, or claims what no honest file does.
    """
    with _opened(path) as (schema, _):
        _check_names(schema.names, path)
        return {field.name: str(field.type) for field in schema}


def read_rows(path: Path, *, left_out: tuple[str, ...] = ()) -> Iterator[dict[str, Any]]:
    """The rows as mappings, without the columns ``left_out``; DatasetError as `columns_of`."""
    with _opened(path, left_out=left_out) as (schema, batches):
        _check_names(schema.names, path)
        try:
            for batch in batches:
                if batch.nbytes > MOST_BATCH_BYTES:
                    raise refused(path, f"{batch.nbytes:,} bytes in {batch.num_rows} rows")
                kept = [name for name in batch.schema.names if name not in left_out]
                yield from batch.select(kept).to_pylist()
        except (OSError, ValueError, MemoryError, NotImplementedError) as error:
            if isinstance(error, UnicodeError):
                raise refused(path, "text that is no UTF-8") from error
            raise refused(path, str(error).splitlines()[0][:200] if str(error) else type(error).__name__) from error


@contextmanager
def _opened(
    path: Path, *, left_out: tuple[str, ...] = ()
) -> Iterator[tuple[pyarrow.Schema, Iterator[pyarrow.RecordBatch]]]:
    try:
        import pyarrow
        from pyarrow import ipc, parquet
    except ImportError as error:
        raise ExtraMissingError(
            "Parquet and Arrow files need pyarrow, which is not installed. Install it: python -m pip install pyarrow"
        ) from error
    try:
        if path.suffix.lower() == ".arrow":
            with pyarrow.memory_map(str(path)) as source:
                reader = _arrow_reader(ipc, source)
                yield reader.schema, _in_parts(reader)
            return
        with parquet.ParquetFile(path, memory_map=True) as file:
            _check_growth(file.metadata, path)
            wanted = [name for name in file.schema_arrow.names if name not in left_out]
            yield file.schema_arrow, file.iter_batches(batch_size=ROWS_AT_ONCE, columns=wanted)
    except (OSError, ValueError, MemoryError, NotImplementedError) as error:
        raise refused(path, str(error).splitlines()[0][:200] if str(error) else type(error).__name__) from error


def _arrow_reader(ipc: Any, source: Any) -> Any:
    """`datasets` writes streams, others files."""
    try:
        return ipc.open_stream(source)
    except (OSError, ValueError):
        source.seek(0)
        return ipc.open_file(source)


def _in_parts(reader: Any) -> Iterator[pyarrow.RecordBatch]:
    batches = reader if hasattr(reader, "read_next_batch") else map(reader.get_batch, range(reader.num_record_batches))
    for batch in batches:
        for start in range(0, batch.num_rows, ROWS_AT_ONCE):
            yield batch.slice(start, ROWS_AT_ONCE)


def _check_names(names: list[str], path: Path) -> None:
    """A row is a mapping, which would hold one of two columns of a name."""
    for name, count in Counter(names).items():
        if count > 1:
            raise DatasetError(
                f"The columns of a table must have names of their own, got {name!r:.80} {count} times in {path}. Rename them."
            )


def _check_growth(metadata: Any, path: Path) -> None:
    """Compare what columns take on disk with what they claim to become."""
    if metadata.num_rows > MOST_ROWS:
        raise refused(path, f"{metadata.num_rows:,} rows")
    for group in range(metadata.num_row_groups):
        part = metadata.row_group(group)
        for column in range(part.num_columns):
            chunk = part.column(column)
            large = chunk.total_uncompressed_size > LARGE_BYTES
            if large and chunk.total_uncompressed_size > MOST_GROWTH * max(1, chunk.total_compressed_size):
                raise refused(
                    path,
                    f"{chunk.path_in_schema} of {chunk.total_compressed_size:,} bytes that become {chunk.total_uncompressed_size:,}",
                )


def refused(path: Path, received: str) -> DatasetError:
    """What is wrong with a file, in one message."""
    return DatasetError(
        f"A Parquet or Arrow file must hold whole rows of modest size, got {received} in {path}. Write it anew, or name another."
    )
