"""Audit: what is likely wrong with the dataset, one case a screen, each decided with one key."""

from pages._ui.asking.remarks import notice
from pages._ui.audit import audit_stage
from pages._ui.frame import frame, notices, opening
from pages._ui.serving import permissions
from pages._ui.session import links
from t2i_core.errors import T2IError

here = frame.current()
permit = permissions.current()
audit_stage.heading()
if not permit.allowed:
    audit_stage.closed(permit)
else:
    gallery = opening.gallery_of(here, audit_stage.layout)
    notice()
    try:
        audit_stage.draw(gallery, here, permit)
    except T2IError as error:
        notices.error(error)
    links.write_dataset(first_dataset=here.first_dataset)
