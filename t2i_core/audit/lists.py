"""Findings as files for other programs: CSV for spreadsheets, and a plain list of picture files."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping

from t2i_core.audit.findings import Finding
from t2i_core.dataset.audit_file import Decision, Subject
from t2i_core.export import spreadsheet_cell

COLUMNS = ("kind", "severity", "image", "caption", "other", "value", "percentile", "advice", "decision", "correction")


def findings_to_csv(findings: Iterable[Finding], decisions: Mapping[Subject, Decision] | None = None) -> str:
    """Findings as CSV with a header line, in order, with what was decided about them."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for finding in findings:
        decision = (decisions or {}).get(finding.subject)
        writer.writerow(
            [
                finding.kind,
                finding.severity,
                spreadsheet_cell(finding.image_id),
                spreadsheet_cell(finding.caption or ""),
                spreadsheet_cell(finding.other),
                f"{finding.value:.6f}",
                f"{finding.percentile:.4f}",
                spreadsheet_cell(finding.advice),
                decision.decision if decision else "",
                spreadsheet_cell(decision.correction) if decision else "",
            ]
        )
    return text.getvalue()


def file_list(findings: Iterable[Finding]) -> str:
    """Names of the pictures of findings, each once, one a line, as other tools read them."""
    names = dict.fromkeys(finding.image_id for finding in findings)
    return "".join(f"{name}\n" for name in names)
