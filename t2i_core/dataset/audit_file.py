"""``audit.csv``: what people decided about findings, beside a dataset; one row a decision, the latest of a finding counts."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import astuple, dataclass
from pathlib import Path

from t2i_core.dataset.holding import held
from t2i_core.dataset.stored_files import replace_file
from t2i_core.dataset.text_decoding import decode_text
from t2i_core.dataset.whole_file import read_whole
from t2i_core.errors import DatasetError

AUDIT_NAME = "audit.csv"
KEEP, EXCLUDE, CORRECT, NO_FAULT = "keep", "exclude", "correct", "not a fault"
DECISIONS = (KEEP, EXCLUDE, CORRECT, NO_FAULT)
COLUMNS = ("kind", "image", "about", "decision", "correction", "decided")
MOST_BYTES = 2**28
Subject = tuple[str, str, str]


@dataclass(frozen=True)
class Decision:
    """What somebody decided about a finding.

    Attributes
    ----------
    kind, image_id : str
        Of the finding.
    about : str
        The caption that is meant, or the other picture; empty where it is the picture alone.
    decision : str
        ``keep`` (there is a fault, and it stays), ``exclude``, ``correct`` or ``not a fault``.
    correction : str
        What a caption is to say instead, where it is to be corrected.
    decided : str
        When, as ISO 8601 in UTC.
    """

    kind: str
    image_id: str
    about: str
    decision: str
    correction: str = ""
    decided: str = ""

    @property
    def subject(self) -> Subject:
        """What the finding is known by, however often the dataset is audited."""
        return self.kind, self.image_id, self.about


def read_decisions(data_dir: Path) -> tuple[Decision, ...]:
    """All decisions of a dataset, the earliest first; none where there is no file.

    Raises
    ------
    DatasetError
        When the file cannot be read, or is no file of decisions.
    """
    path = data_dir / AUDIT_NAME
    if not path.exists():
        return ()
    fix = "Move it away to begin anew."
    text, _ = decode_text(read_whole(path, what="The file of decisions", at_most=MOST_BYTES, fix=fix), path)
    reader = csv.DictReader(io.StringIO(text, newline=""))
    missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
    if missing:
        raise DatasetError(f"{path} must have the columns {', '.join(COLUMNS)}, it lacks {', '.join(missing)}. {fix}")
    decisions = []
    try:
        for row in reader:
            told = [(row[name] or "") for name in COLUMNS]
            if told[3] in DECISIONS:
                decisions.append(Decision(*told))
    except csv.Error as error:
        raise DatasetError(f"{path} must be a table with commas, got: {error}. {fix}") from error
    return tuple(decisions)


def standing(decisions: Iterable[Decision]) -> dict[Subject, Decision]:
    """The decision that counts for each finding: the latest."""
    return {decision.subject: decision for decision in decisions}


def add_decision(data_dir: Path, decision: Decision) -> tuple[Decision, ...]:
    """Write one more decision; all of them, as they stand in the file now.

    Raises
    ------
    DatasetError
        When it is none of `DECISIONS`, a correction says nothing, or the file cannot be read or written.
    """
    if decision.decision not in DECISIONS:
        raise DatasetError(
            f"A decision must be one of {', '.join(DECISIONS)}, got {decision.decision!r}. Choose one of them."
        )
    if (decision.decision == CORRECT) != bool(decision.correction.strip()):
        raise DatasetError(
            f"A caption is corrected by other words, got {decision.correction!r} with the decision {decision.decision!r}. "
            "Write what it is to say, or exclude it."
        )
    with held(data_dir / AUDIT_NAME):
        decisions = (*read_decisions(data_dir), decision)
        write_decisions(data_dir, decisions)
    return decisions


def take_back(data_dir: Path, decision: Decision) -> tuple[Decision, ...]:
    """Remove a decision, so that the one before it counts again; all that are left. Nothing happens where it is gone already."""
    with held(data_dir / AUDIT_NAME):
        decisions = list(read_decisions(data_dir))
        if decision in decisions:
            del decisions[len(decisions) - 1 - decisions[::-1].index(decision)]
            write_decisions(data_dir, decisions)
    return tuple(decisions)


def write_decisions(data_dir: Path, decisions: Iterable[Decision]) -> None:
    """Write the file anew: readers see the old one or the new one.

    Raises
    ------
    DatasetError
        When it cannot be written.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(astuple(decision) for decision in decisions)
    data = text.getvalue().encode("utf-8", "surrogatepass")
    replace_file(data_dir / AUDIT_NAME, lambda file: file.write(data))
