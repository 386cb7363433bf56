"""The configuration: what is wrong with it is told by name."""

from __future__ import annotations

import pytest

from pipeline.config import parse_config
from pipeline.errors import ConfigError


@pytest.mark.parametrize("language", ["English", "EN", "en-GB", ""])
def test_a_language_that_no_text_can_have_is_refused(language):
    with pytest.raises(ConfigError, match=r"filter\.languages\.0 = .*should match pattern"):
        parse_config({"filter": {"languages": [language]}})
