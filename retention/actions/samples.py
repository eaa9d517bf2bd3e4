"""Looking at a sample of what a run would erase."""

from django.db import transaction
from django.utils import timezone

from accounts.models import Actor
from audit.actions import record
from audit.verbs import Verb
from portal.errors import Stranger, TooLate
from portal.policies import require
from retention import policies, samples
from retention.models import DeletionRun
from standards.models import StandardsProfile


@transaction.atomic
def look_at_sample(run: DeletionRun, label: str, *, by: Actor) -> samples.Sample:
    """A few of what would go and of what a hold keeps, of one kind that was counted (R-084); that it was looked at is recorded.

    Raises Stranger for a kind that the run did not count, TooLate once the run has ended.
    """
    require(policies.may_see_runs(by))
    if not samples.is_counted(run, label):
        raise Stranger("This run counted no such kind of record.")
    if run.has_ended:
        raise TooLate("This run has ended: what it counted is gone, and its certificate says how much that was.")
    number = StandardsProfile.objects.in_force(timezone.now()).number("retention.sample")
    found = samples.drawn(run, label, number, by)
    record(Verb.RETENTION_SAMPLED, target=run, by=by, records=label, count=len(found.going), held=len(found.held))
    return found
