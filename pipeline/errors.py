"""What can go wrong, named by what happens next.

WinnowError
├── Refused            nothing was begun; the caller changes the call        exit status 2
│   ├── ConfigError        a setting is unknown or out of range
│   ├── SourceMissing      a file, folder or pattern to read is not there
│   ├── NotACorpus         the output holds something that Winnow did not write
│   ├── OtherConfig        the corpus was made with another configuration
│   └── BadWeights         the weights of a model are missing, damaged or of another version; the call is right: 1
├── Aborted            the run stopped; the corpus is as it was before       exit status 1
│   ├── Busy               another run holds the corpus
│   ├── TooMuchLost        a source or a cluster passed what [guard] allows, which says to stop
│   ├── Unbalanced         the counts do not add up: a defect of Winnow
│   ├── Damaged            the corpus is not what its manifests say
│   └── StorageFailed      the disk is full, or reading or writing was denied
├── Transient          the same call may succeed later; a flow retries it
└── Unreadable         one record is put aside in quarantine; the run goes on
"""

from __future__ import annotations


class WinnowError(Exception):
    """Every error that Winnow raises on purpose. Its text says what, where, and what to do next."""

    exit_status = 1


class Refused(WinnowError):
    """Nothing was begun: the call asks for something that cannot be done."""

    exit_status = 2


class ConfigError(Refused):
    """A setting is unknown or its value is not allowed."""


class SourceMissing(Refused):
    """A file, folder or pattern to read does not exist or holds nothing."""


class NotACorpus(Refused):
    """The output folder holds something that Winnow did not write."""


class OtherConfig(Refused):
    """The corpus was made with a configuration that gives other results."""


class BadWeights(Refused):
    """The weights of a model cannot be used: they are missing, damaged or of another version."""

    exit_status = 1


class Aborted(WinnowError):
    """The run stopped; the corpus is as it was before."""


class Busy(Aborted):
    """Another run is writing to the same corpus."""


class TooMuchLost(Aborted):
    """A source lost more of its records, or a cluster grew larger, than [guard] allows a run."""


class Unbalanced(Aborted):
    """The counts of a run do not add up to the records read. This is a defect of Winnow."""


class Damaged(Aborted):
    """The corpus is not what its manifests say."""


class StorageFailed(Aborted):
    """Reading or writing failed: disk full, permission denied, device error."""


class Transient(WinnowError):
    """The same call may succeed later: a network or a store that did not answer."""


class Unreadable(WinnowError):
    """One record cannot be used; it goes to quarantine and the run goes on.

    `reason` is a stable name (see `pipeline.values.QUARANTINE_REASONS`); `detail` is for people.
    """

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail
