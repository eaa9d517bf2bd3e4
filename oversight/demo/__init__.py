"""A believable force, made by calling the actions: nobody here exists, and no plate was ever issued."""
