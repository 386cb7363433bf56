"""Site templates: two stories of one site, alike only by what the site puts round them.

What a site repeats is cut before texts are compared, once enough of its pages were seen. Of a site's first pages it is
not known yet, and two short notices between the same menus, notes and forms are alike by most that they hold.
"""

from __future__ import annotations

from pipeline.match.composite import cohesion
from pipeline.match.profile import Profile
from pipeline.sign.letters import letters_of
from pipeline.words.fold import fold

# What each of the two has for itself is a story: of some length, in words that the other lacks.
OWN_LETTERS = 100
OWN_WORDS = 8
# Neither are the two parts one story, edited, nor does what is shared tell the same as they do. Edits of one story that
# are labelled have 0.46 and more of the weight of their words in common, stories between one template 0.02.
_COHESION = 0.2


def is_template(earlier: Profile, later: Profile) -> bool:
    """Say whether two texts of one site share whole lines that are part of neither story."""
    if min(earlier.own_words(later), later.own_words(earlier)) < OWN_WORDS:
        return False
    ours, theirs = ([fold(line) for _, line in text.lines] for text in (earlier, later))
    both = set(ours).intersection(theirs)
    shared = "\n".join(line for line in ours if line in both)
    one, two = ("\n".join(line for line in lines if line not in both) for lines in (ours, theirs))
    if not shared or min(len(letters_of(one)), len(letters_of(two))) < OWN_LETTERS:
        return False
    pairs = ((one, two), (two, one), (one, shared), (two, shared))
    return all(cohesion(part, whole) <= _COHESION for part, whole in pairs)
