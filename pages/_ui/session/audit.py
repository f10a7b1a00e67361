"""AuditState: what one visit holds about the audit of a dataset."""

from __future__ import annotations

from dataclasses import dataclass, field

from t2i_core.dataset.audit_file import Decision


@dataclass
class AuditState:
    """Which cases are looked through, and which of them is open.

    Attributes
    ----------
    of : str, optional
        Place key of the dataset that is looked through.
    kind : str
        The kind of findings shown; empty for all.
    at : int
        Place of the open case among those shown, from 0.
    correcting : bool
        Whether the open case's caption is being written anew.
    decided : list of Decision
        What this visit decided, the latest last: what can be taken back.
    problem : str
        Why the last decision could not be written; empty nearly always.
    """

    of: str | None = None
    kind: str = ""
    at: int = 0
    correcting: bool = False
    decided: list[Decision] = field(default_factory=list)
    problem: str = ""

    def of_dataset(self, place_key: str) -> None:
        """Note which dataset is open; another one is looked through from its first case."""
        if self.of != place_key:
            self.of, self.kind, self.at, self.correcting, self.problem = place_key, "", 0, False, ""
            self.decided = []

    def go(self, at: int, cases: int) -> None:
        """Open another case, none being corrected."""
        self.at, self.correcting, self.problem = max(0, min(at, cases - 1)), False, ""
