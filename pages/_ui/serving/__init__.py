"""What stands around the app on the wire: who may ask, what browsers are told to refuse, and what happens at start."""

from pages._ui.serving.gatekeeper import Gatekeeper
from pages._ui.serving.start import life, middleware

__all__ = ["Gatekeeper", "life", "middleware"]
