"""Boilerplate: rules and structure that tell which blocks of a text are not the article's."""
