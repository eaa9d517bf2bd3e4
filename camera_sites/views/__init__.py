"""The pages of camera sites."""
