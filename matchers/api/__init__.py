"""The API of matchers: what machines prove, and what people and figures read."""
