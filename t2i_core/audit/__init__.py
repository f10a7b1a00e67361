"""What is wrong with a dataset: findings, what is most likely wrong first, and what was decided about them."""

from t2i_core.audit.auditing import CHECKS, Audit, Check, audit, check_kinds
from t2i_core.audit.findings import CAPTION_KINDS, KINDS, Finding

__all__ = ["CAPTION_KINDS", "CHECKS", "KINDS", "Audit", "Check", "Finding", "audit", "check_kinds"]
