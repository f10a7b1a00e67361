"""The core for notebooks and scripts: ``import t2i_core as t2i``, then ``t2i.open`` or ``t2i.build``.

Importing this package is as cheap as importing `t2i_core`; a model is loaded by the first search.
"""

from t2i_core.api.dataset import Dataset
from t2i_core.api.hits import Hits
from t2i_core.api.maps import PictureMap
from t2i_core.api.verbs import build, open_dataset

__all__ = ["Dataset", "Hits", "PictureMap", "build", "open_dataset"]
