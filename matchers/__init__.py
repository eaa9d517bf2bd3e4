"""Who holds our lists: matchers, allocations, publications, receipts, recalls."""
