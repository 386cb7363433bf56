"""What is wrong with rules, in words: for who adds one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import re2

from pipeline.strip.rule import Rule


def unsound(rules: Sequence[Rule]) -> list[str]:
    """Say of each rule that cannot be used which it is, what is wrong and what to do; none for a sound set."""
    return [problem for rule in rules for problem in _problems(rule)] + [
        f"rule {name!r}: {count} rules have this name; give each its own, since removals and settings name rules by it"
        for name, count in Counter(rule.name for rule in rules).items()
        if count > 1
    ]


def _problems(rule: Rule) -> Iterator[str]:
    options = re2.Options()
    options.log_errors = False
    parts = {"pattern": rule.pattern, "free": rule.free, "unless": rule.unless, "cue": rule.cue}
    for name, pattern in parts.items():
        try:
            re2.compile(pattern or "", options)
        except re2.error as error:
            told = error.args[0].decode() if isinstance(error.args[0], bytes) else error
            yield f"rule {rule.name!r}: its {name} is no RE2 pattern ({told}): it has no look-around, no back-reference"
    if (rule.free is None) != (rule.cue is None):
        yield f"rule {rule.name!r}: `free` needs a `cue` and a cue a `free`; give both or neither"
