"""What people mark and keep of a dataset: tags of pictures, saved searches, and handing both on."""

from t2i_core.marks.tagging import TAG, Tags, TagsChange, apply_change, read_tags, stamp_of_tags, tag_pictures, tagged

__all__ = ["TAG", "Tags", "TagsChange", "apply_change", "read_tags", "stamp_of_tags", "tag_pictures", "tagged"]
