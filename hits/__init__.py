"""What matchers report: hits, verification, outcomes, the control room's board."""
