"""Pages on which something is written down about a site."""

from functools import partial

from camera_sites import actions, policies
from camera_sites.forms.evidence import ConsultationForm, EndSharingForm, PositionForm, SharingForm, SignsForm
from camera_sites.views.acts import act_page

keeping_page = partial(act_page, may=policies.may_keep_evidence)

site_consult = keeping_page(
    ConsultationForm, actions.log_consultation, title="Log a consultation", button="Log it", done="Logged.",
    explain="Who was asked about this site, what they said, and what came of it. It is kept as it is written.",
)  # fmt: skip
site_share = keeping_page(
    SharingForm, actions.share_site, title="Add a sharing agreement", button="Add it",
    done="Added. A new recipient is a reason to review the DPIA.",
    explain="With whom else what is read here is shared, and for what.",
)  # fmt: skip
site_share_end = keeping_page(
    EndSharingForm, lambda site, *, by, agreement: actions.end_sharing(site, agreement, by=by),
    title="End a sharing agreement", button="End it", kind="warning", done="Ended.",
    explain="From now on nothing read here is shared under it.",
)  # fmt: skip
site_signs = keeping_page(
    SignsForm, actions.inspect_signs, title="Inspect the signs", button="Write it down", done="Written down.",
    explain="Drivers are told that plates are read here, and whom to ask.",
)  # fmt: skip
site_position = keeping_page(
    PositionForm, lambda site, *, by, camera, **places: actions.check_position(site, camera, by=by, **places),
    title="Check a camera’s position", button="Compare", done="Compared.",
    explain="Where the camera says that it stands, against where it was surveyed. Too far apart opens a finding.",
)  # fmt: skip
