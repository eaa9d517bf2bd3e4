"""Who holds our lists: matchers and what they are given, feeds, publications, receipts, recalls."""

from .feeds import Feed, FeedList, ListRole, Metadata, SiteTable
from .halts import Halt, HeldChange
from .matchers import Allocation, Matcher
from .publications import BucketPart, Publication, PublishedRow
from .receipts import Challenge, Recall, RecallHolder, Receipt
from .refusals import Refusal
from .stoppages import Stoppage
from .unsigned import Disclosure, DisclosureTold, DoorList, RevisionDoor

__all__ = [
    "Allocation",
    "BucketPart",
    "Challenge",
    "Disclosure",
    "DisclosureTold",
    "DoorList",
    "Feed",
    "FeedList",
    "Halt",
    "HeldChange",
    "ListRole",
    "Matcher",
    "Metadata",
    "Publication",
    "PublishedRow",
    "Recall",
    "RecallHolder",
    "Receipt",
    "Refusal",
    "RevisionDoor",
    "SiteTable",
    "Stoppage",
]
