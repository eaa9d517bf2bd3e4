"""The verbs of assessments and camera sites."""

from .accuracy import import_tests, record_test
from .attachments import attach, detach, open_attachment, scan
from .cameras import add_camera, describe_camera, take_camera_down
from .coverage import cover, uncover
from .dpias import advise, begin_dpia, begin_version, decide, edit_version, import_dpia, submit
from .evidence import check_position, end_sharing, inspect_signs, log_consultation, share_site
from .exchange import apply_import, export_sites, read_import
from .needs import ask_for_review, question_need, review_need
from .prior_consultations import record_answer, send_to_commissioner
from .reviews import answer_review, demand_review, demand_reviews, take_measure
from .roads import read_roads, use_roads
from .self_assessments import (
    add_gap,
    answer_principle,
    begin_self_assessment,
    close_gap,
    drop_gap,
    publish_self_assessment,
    sign_self_assessment,
    summarise,
)
from .service import decommission, return_site, set_live, suspend_site
from .sites import (
    edit_site,
    give_access,
    open_locations,
    open_site,
    propose_site,
    take_access,
)

__all__ = [
    "add_camera",
    "add_gap",
    "advise",
    "answer_principle",
    "answer_review",
    "apply_import",
    "ask_for_review",
    "attach",
    "begin_dpia",
    "begin_self_assessment",
    "begin_version",
    "check_position",
    "close_gap",
    "cover",
    "decide",
    "decommission",
    "demand_review",
    "demand_reviews",
    "describe_camera",
    "detach",
    "drop_gap",
    "edit_site",
    "edit_version",
    "end_sharing",
    "export_sites",
    "give_access",
    "import_dpia",
    "import_tests",
    "inspect_signs",
    "log_consultation",
    "open_attachment",
    "open_locations",
    "open_site",
    "propose_site",
    "publish_self_assessment",
    "question_need",
    "read_import",
    "read_roads",
    "record_answer",
    "record_test",
    "return_site",
    "review_need",
    "scan",
    "send_to_commissioner",
    "set_live",
    "share_site",
    "sign_self_assessment",
    "submit",
    "summarise",
    "suspend_site",
    "take_access",
    "take_camera_down",
    "take_measure",
    "uncover",
    "use_roads",
]
