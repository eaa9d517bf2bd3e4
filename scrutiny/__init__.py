"""Whether it was right: findings, and what follows from them."""
