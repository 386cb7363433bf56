"""Every rule that cuts has a name that is known, and a name that is none is told."""

from __future__ import annotations

import pandas as pd
import pytest

from pipeline import Config, clean_folder, clean_frame, clean_html, clean_text
from pipeline.config import StripConfig
from pipeline.errors import ConfigError
from pipeline.strip.reasons import check_rules

MISSPELT = Config(strip=StripConfig(disabled_rules=("newsletter.sign-upp",)))


@pytest.mark.parametrize(
    "clean",
    [
        lambda _: clean_text("One.", config=MISSPELT),
        lambda _: clean_html("<p>One.</p>", config=MISSPELT),
        lambda _: clean_frame(pd.DataFrame({"text": ["One."]}), config=MISSPELT),
        lambda folder: clean_folder(folder, folder / "clean", MISSPELT),
    ],
    ids=["text", "html", "frame", "folder"],
)
def test_a_rule_that_is_not_there_is_told(tmp_path, clean):
    with pytest.raises(ConfigError, match=r"no rule 'newsletter.sign-upp'; did you mean 'newsletter.sign-up'\?"):
        clean(tmp_path)
    assert not list(tmp_path.iterdir())


def test_every_rule_that_cuts_can_be_disabled():
    text = "Home | Sport\n\nThe ferry sails\n\nBy Ann Lee\n\n" + "The ferry sailed at noon, and came back. " * 5
    document = clean_text(f"{text}\n\nSign up for our newsletter\n\n{text}")
    rules = tuple({removal.rule for removal in document.removals})
    assert {name.split(".")[0] for name in rules} > {"newsletter", "byline", "repeated-paragraph"}
    check_rules(StripConfig(disabled_rules=rules))
