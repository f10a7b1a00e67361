"""Text-to-image retrieval with CLIP: the core that pages, the command line and scripts share.

Importing this package is cheap on purpose: neither torch, clip, umap nor plotly is loaded until
the one module that needs it is imported.
"""

__version__ = "0.1.0"
