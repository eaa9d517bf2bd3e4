"""The verbs of assessments and camera sites."""

from .dpias import advise, begin_dpia, begin_version, decide, edit_version, import_dpia, submit
from .prior_consultations import record_answer, send_to_commissioner
from .service import decommission, return_site, set_live, suspend_site
from .sites import (
    add_camera,
    edit_site,
    give_access,
    open_locations,
    open_site,
    propose_site,
    take_access,
)

__all__ = [
    "add_camera",
    "advise",
    "begin_dpia",
    "begin_version",
    "decide",
    "decommission",
    "edit_site",
    "edit_version",
    "give_access",
    "import_dpia",
    "open_locations",
    "open_site",
    "propose_site",
    "record_answer",
    "return_site",
    "send_to_commissioner",
    "set_live",
    "submit",
    "suspend_site",
    "take_access",
]
