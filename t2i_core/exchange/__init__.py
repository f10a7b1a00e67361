"""A dataset written as other programs read it; `t2i_core.importers` reads each of these formats back without loss."""

from t2i_core.exchange.exporting import FORMATS, ExchangeReport, export_dataset

__all__ = ["FORMATS", "ExchangeReport", "export_dataset"]
