"""Who holds our lists: matchers and what they are given, feeds, publications, receipts, recalls."""

from .feeds import Feed, FeedList, ListRole, Metadata, SiteTable
from .matchers import Allocation, Matcher
from .publications import Publication, PublishedRow
from .receipts import Challenge, Recall, RecallHolder, Receipt

__all__ = [
    "Allocation",
    "Challenge",
    "Feed",
    "FeedList",
    "ListRole",
    "Matcher",
    "Metadata",
    "Publication",
    "PublishedRow",
    "Recall",
    "RecallHolder",
    "Receipt",
    "SiteTable",
]
