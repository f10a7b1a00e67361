"""Datasets on disk: the only package that knows the file formats. ``data/README.md`` describes them."""

from t2i_core.dataset.ann_file import make_ann, open_ann
from t2i_core.dataset.balance_file import (
    CAPTIONS,
    FEW_WORDS,
    PICTURES,
    Balance,
    balance_path,
    read_balance,
    write_balance,
)
from t2i_core.dataset.caption_records import holds_records, read_records, records_of
from t2i_core.dataset.captions_file import CaptionTable, read_captions, read_table
from t2i_core.dataset.credits_file import Credit, read_credits
from t2i_core.dataset.csv_rows import has_columns, looks_like_table
from t2i_core.dataset.embeddings_file import read_captioned_pictures
from t2i_core.dataset.evidence_file import Evidence, evidence_path, read_background, read_evidence, write_evidence
from t2i_core.dataset.manifest_file import read_name
from t2i_core.dataset.mapped_codes import open_codes
from t2i_core.dataset.model_check import (
    MISLEADING,
    UNUSABLE_TEXT,
    check_embeddings,
    check_gallery,
    text_rows_fit,
    without_text_embeddings,
)
from t2i_core.dataset.model_match import check_model_matches
from t2i_core.dataset.pair_ranks_file import read_pair_ranks, write_pair_ranks
from t2i_core.dataset.picture_names import (
    PictureMatch,
    clean_picture_name,
    is_foreign,
    is_picture_name,
    list_some,
    match_pictures,
    told_close,
    uniform_picture_name,
)
from t2i_core.dataset.ranks_file import ranks_path, read_caption_ranks, write_caption_ranks
from t2i_core.dataset.reading import read_gallery
from t2i_core.dataset.rebuilding import rebuild_command
from t2i_core.dataset.relevance_file import (
    Mark,
    MarkLine,
    change_relevance,
    mark_lines,
    marks_of,
    read_mark_lines,
    read_marks,
    read_relevance,
    relevance_path,
    write_relevance,
)
from t2i_core.dataset.stored_files import (
    CAPTIONS_NAME,
    EMBEDDINGS_NAME,
    MANIFEST_NAME,
    dataset_stamp,
    list_datasets,
    replace_file,
)
from t2i_core.dataset.text_decoding import decode_text, text_lines
from t2i_core.dataset.validation import validate
from t2i_core.dataset.writing import save_captions, write_dataset, write_files
from t2i_core.errors import count_of

__all__ = [
    "CAPTIONS",
    "CAPTIONS_NAME",
    "EMBEDDINGS_NAME",
    "FEW_WORDS",
    "MANIFEST_NAME",
    "MISLEADING",
    "PICTURES",
    "UNUSABLE_TEXT",
    "Balance",
    "CaptionTable",
    "Credit",
    "Evidence",
    "Mark",
    "MarkLine",
    "PictureMatch",
    "balance_path",
    "change_relevance",
    "check_embeddings",
    "check_gallery",
    "check_model_matches",
    "clean_picture_name",
    "count_of",
    "dataset_stamp",
    "decode_text",
    "evidence_path",
    "has_columns",
    "holds_records",
    "is_foreign",
    "is_picture_name",
    "list_datasets",
    "list_some",
    "looks_like_table",
    "make_ann",
    "mark_lines",
    "marks_of",
    "match_pictures",
    "open_ann",
    "open_codes",
    "ranks_path",
    "read_background",
    "read_balance",
    "read_caption_ranks",
    "read_captioned_pictures",
    "read_captions",
    "read_credits",
    "read_evidence",
    "read_gallery",
    "read_mark_lines",
    "read_marks",
    "read_name",
    "read_pair_ranks",
    "read_records",
    "read_relevance",
    "read_table",
    "rebuild_command",
    "records_of",
    "relevance_path",
    "replace_file",
    "save_captions",
    "text_lines",
    "text_rows_fit",
    "told_close",
    "uniform_picture_name",
    "validate",
    "without_text_embeddings",
    "write_balance",
    "write_caption_ranks",
    "write_dataset",
    "write_evidence",
    "write_files",
    "write_pair_ranks",
    "write_relevance",
]
