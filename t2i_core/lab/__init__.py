"""The lab: what can be concluded about a dataset and a model from the dataset's own captions, or from questions of one's own."""
