"""What people mark and keep of a dataset: tags of pictures, saved searches, and handing both on."""

from t2i_core.marks.tagging import Tags, TagsChange, apply_change, read_tags, stamp_of_tags, tag_pictures, tagged
from t2i_core.query.where import TAG

__all__ = ["TAG", "Tags", "TagsChange", "apply_change", "read_tags", "stamp_of_tags", "tag_pictures", "tagged"]
