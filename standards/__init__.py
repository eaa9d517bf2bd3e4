"""The numbers that NASPLE and the law set, as versioned data that two people adopt; ranks."""
