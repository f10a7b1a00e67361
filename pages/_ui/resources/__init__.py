"""What all sessions share: datasets, galleries, models, engines, captions, maps, explanations. The only room with st.cache_*.

Keys are the dataset's stamp or the gallery's key, never a path or a name alone: a rebuilt dataset is read again. What
holds a gallery, and so knows where its files lie, goes by `Gallery.place_key`: a copy of a dataset has the same content.
Nothing here waits for a model; a page asks for an `EngineState` and draws what there is.
"""

from pages._ui.resources.audits import audit_jobs, audit_of, audit_order
from pages._ui.resources.captions import (
    caption_work,
    column_by_picture,
    gallery_of_captions,
    picture_words,
    suggestions,
)
from pages._ui.resources.dataset_choices import DatasetChoice
from pages._ui.resources.engines import EngineState, engine_state, forget_models, named_models
from pages._ui.resources.explanations import Reasons, forget_heat, forget_reasons, heat, reasons
from pages._ui.resources.facets import Offered, facets, forget_offered, offered
from pages._ui.resources.galleries import (
    credits,
    datasets,
    example_queries,
    first_rows,
    gallery,
    name_of,
    opened,
    rows_by_id,
    some_of,
    titles,
)
from pages._ui.resources.lab import (
    comparison,
    forget_comparison,
    forget_lab_work,
    forget_questions,
    lab_work,
    other_ways_of,
    own_questions,
)
from pages._ui.resources.maps import (
    cluster_centres,
    joint_map,
    modality_gap,
    names_problem,
    projection,
    projection_stamp,
)
from pages._ui.resources.saved_searches import Look, look_of
from pages._ui.resources.work import build_jobs, built_folders, map_jobs, thumbnails_trimmed

__all__ = [
    "DatasetChoice",
    "EngineState",
    "Look",
    "Offered",
    "Reasons",
    "audit_jobs",
    "audit_of",
    "audit_order",
    "build_jobs",
    "built_folders",
    "caption_work",
    "cluster_centres",
    "column_by_picture",
    "comparison",
    "credits",
    "datasets",
    "engine_state",
    "example_queries",
    "facets",
    "first_rows",
    "forget_comparison",
    "forget_heat",
    "forget_lab_work",
    "forget_models",
    "forget_offered",
    "forget_questions",
    "forget_reasons",
    "gallery",
    "gallery_of_captions",
    "heat",
    "joint_map",
    "lab_work",
    "look_of",
    "map_jobs",
    "modality_gap",
    "name_of",
    "named_models",
    "names_problem",
    "offered",
    "opened",
    "other_ways_of",
    "own_questions",
    "picture_words",
    "projection",
    "projection_stamp",
    "reasons",
    "rows_by_id",
    "some_of",
    "suggestions",
    "thumbnails_trimmed",
    "titles",
]
