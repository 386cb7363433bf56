"""The configuration: one TOML file, checked, every field described, defaults in one place."""

from __future__ import annotations

import difflib
import hashlib
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from pipeline.errors import ConfigError
from pipeline.values import KINDS, MASK_KINDS, Kind, MaskKind

Share = Annotated[float, Field(ge=0.0, le=1.0)]
Language = Annotated[str, Field(pattern="^[a-z]{2,3}$")]


class Section(BaseModel):
    """A part of the configuration: frozen, and closed to keys that it does not name."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class ReadConfig(Section):
    """How files become raw records."""

    text_fields: tuple[str, ...] = Field(
        ("text", "content", "body", "article", "article_body", "maintext", "raw_content", "plain_text"),
        description="Names of the field that holds a text, tried in this order, whatever their case.",
    )
    html_fields: tuple[str, ...] = Field(
        ("html", "raw_html", "page", "html_content"),
        description="Names of the field that holds a page; tried before text_fields.",
    )
    id_fields: tuple[str, ...] = Field(
        ("id", "_id", "doc_id", "guid", "uuid"), description="Names of the field that holds the record's own id."
    )
    url_fields: tuple[str, ...] = Field(
        ("url", "link", "source_url", "canonical_url", "uri", "permalink"), description="Names of the URL's field."
    )
    date_fields: tuple[str, ...] = Field(
        ("date", "published", "publish_date", "date_publish", "published_at", "pubdate", "timestamp"),
        description="Names of the field that holds the date of publication.",
    )
    title_fields: tuple[str, ...] = Field(("title", "headline"), description="Names of the headline's field.")
    author_fields: tuple[str, ...] = Field(
        ("authors", "author", "byline", "creator"), description="Names of the field that holds one author or a list."
    )
    language_fields: tuple[str, ...] = Field(("language", "lang"), description="Names of the language's field.")
    site_fields: tuple[str, ...] = Field(
        ("site_name", "site", "publisher", "source_name"), description="Names of the field that names the site."
    )
    category_fields: tuple[str, ...] = Field(("category", "section"), description="Names of the section's field.")
    include: tuple[str, ...] = Field((), description="Only files whose relative path matches one of these patterns.")
    exclude: tuple[str, ...] = Field((), description="Never files whose relative path matches one of these patterns.")
    # No article comes near it; the worst text of that size (a letter a line) takes 40 seconds and 2 GB.
    max_record_bytes: int = Field(
        16 * 2**20, ge=1024, description="A larger record is quarantined as too-large. In bytes."
    )
    max_expansion: float = Field(
        100.0,
        ge=10.0,
        description="Bytes that may come of one compressed byte, beyond 32 MB; what expands further is read no further "
        "and quarantined as expands-too-far.",
    )
    max_members: int = Field(
        1_000_000,
        ge=1,
        description="Files in an archive; a zip with more is quarantined as too-many-members, a tar from there on.",
    )


class DecodeConfig(Section):
    """How bytes become text."""

    repair_mojibake: bool = Field(True, description="Repair text that was decoded with the wrong character set (ftfy).")


class ExtractConfig(Section):
    """How a page becomes a text."""

    extractor: Literal["winnow", "trafilatura", "both"] = Field(
        "winnow",
        description="Who tells a page's text from the rest: winnow, its own learned judge, which keeps what it cuts in "
        "removals; trafilatura; both, the judge, and trafilatura on the pages where it is unsure.",
    )
    mode: Literal["precision", "balanced", "recall"] = Field(
        "balanced", description="The extractor's leaning: less text but surer, its default, or more text."
    )
    structure: Literal["plain", "markdown"] = Field(
        "plain",
        description="plain: list items have a dash, nothing else is marked; markdown: headings, lists, quotes, code "
        "and tables are marked.",
    )
    tables: bool = Field(True, description="Keep the text of tables.")
    comments: bool = Field(False, description="Keep readers' comments where the page marks them as such.")
    max_tags: int = Field(
        100_000,
        ge=1000,
        description="A page with more tags is quarantined as too-large; so many take some 20 seconds, and minutes with "
        "trafilatura where all of them are tables or forms.",
    )


class StripConfig(Section):
    """What is cut from a text."""

    keep: tuple[Kind, ...] = Field((), description=f"Kinds that are not cut, of: {', '.join(KINDS)}.")
    disabled_rules: tuple[str, ...] = Field((), description="Names of rules that are not applied.")
    judge: Literal["off", "precision", "balanced", "recall"] = Field(
        "balanced",
        description="The learned judge of lines. precision: a purer text, it rather loses a line of the text; recall: "
        "a fuller text, it rather leaves some boilerplate; balanced: what scored best between; off: not asked.",
    )


class SitesConfig(Section):
    """What a site repeats on pages that tell different stories is template, and is cut."""

    enabled: bool = Field(
        True, description="Cut what the site model knows as template; off: it neither cuts nor learns."
    )
    learn: bool = Field(
        True, description="Learn from each run; off: cut only what the corpus knows already. May change between runs."
    )
    min_stories: int = Field(4, ge=2, description="Distinct stories that must have a block, at least.")
    min_share: Share = Field(
        0.3, description="Share of a site's stories that must have a block of prose, or one without the same neighbour."
    )
    min_stories_between: int = Field(
        6, ge=2, description="As min_stories, for a block between a page's own paragraphs."
    )
    min_share_between: Share = Field(0.5, description="As min_share, for any block between a page's own paragraphs.")
    window: int = Field(
        1000,
        ge=10,
        le=20_000,
        description="A site's latest pages that a new one is counted with; older ones are forgotten.",
    )


class FilterConfig(Section):
    """Which documents are rejected. By default only those with nothing left."""

    min_tokens: int = Field(0, ge=0, description="Reject documents with fewer tokens as too-short.")
    languages: tuple[Language, ...] = Field(
        (), description="Reject documents in other languages (ISO 639-1, as `en`). Empty: none."
    )
    min_language_score: Share = Field(
        0.0, description="With languages: reject documents whose language is less sure than this."
    )


class MatchConfig(Section):
    """What counts as a duplicate."""

    jaccard: Share = Field(0.7, gt=0.0, description="near: Jaccard similarity of the shingles at or over this.")
    containment: Share = Field(
        0.85, gt=0.0, description="contained: share of a document's shingles that stand in the other, at or over this."
    )
    fuller: float = Field(
        1.2, ge=1.0, description="A later document that contains a kept one and has this many times its shingles is a "
        "fuller version: it is kept and the earlier one marked superseded."
    )  # fmt: skip
    min_tokens: int = Field(
        20, ge=0, description="Texts with fewer tokens are compared whole: only the same text is a duplicate."
    )
    shingle_tokens: int = Field(
        5, ge=1, le=32, description="Tokens in a shingle (characters where words aren't spaced)."
    )
    permutations: int = Field(128, ge=16, le=1024, description="Length of a MinHash signature.")
    seed: int = Field(1, ge=0, le=2**32 - 1, description="Seed of the permutations, as in datasketch.")
    recall: Share = Field(
        0.99, gt=0.0, lt=1.0, description="Share of the pairs at the Jaccard threshold that the bands must find."
    )
    window: int = Field(
        16, ge=1, le=256, description="Shingles in a winnowing window; larger means fewer fingerprints."
    )
    common_fingerprint: int = Field(
        20, ge=2, description="A fingerprint that so many kept documents hold is no longer evidence of a copy."
    )
    altered: bool = Field(
        True, description="Find altered copies, too: noise of scanning, replaced words, edits between long passages."
    )
    matched: Share = Field(
        0.65, gt=0.0, description="altered: share of a document's letters that stand in passages of the other, at or "
        "over this."
    )  # fmt: skip
    bands: bool = Field(True, description="Look for candidates by bands of MinHash signatures.")
    fingerprints: bool = Field(True, description="Look for candidates by fingerprints: passages in common.")
    updates: bool = Field(True, description="Let a later version of a page (the same URL) supersede the earlier one.")
    figures: bool = Field(True, description="Refuse to merge templated notices that differ in their figures.")
    composites: bool = Field(True, description="Refuse to merge an article with a text that holds another one, too.")
    quotations: bool = Field(True, description="Refuse to merge articles that share what somebody said, and no more.")
    templates: bool = Field(
        True, description="Refuse to merge stories of one site that share what it puts round them, and no more."
    )
    keep_duplicates: bool = Field(False, description="Label duplicates in documents instead of leaving them out.")


class PrivacyConfig(Section):
    """What is masked in texts, titles, names and addresses of pages. Off unless `mask` names something."""

    mask: tuple[MaskKind, ...] = Field((), description=f"What is masked, of: {', '.join(MASK_KINDS)}. Empty: nothing.")
    told: Literal["length", "hash", "text"] = Field(
        "length",
        description="What removals tell of what was masked. length: a • for each character; hash: HMAC-SHA-256 under "
        "the key, so that the same secret has the same hash; text: what was masked itself.",
    )
    key_variable: str = Field(
        "WINNOW_PRIVACY_KEY",
        pattern="^[A-Za-z_][A-Za-z0-9_]*$",
        description="With told = hash: the environment variable that holds the key, 16 bytes or more. The key itself "
        "never stands in a file.",
    )
    key_fingerprint: str = Field(
        "",
        pattern="^([0-9a-f]{16})?$",
        description="Of the key, as the manifest of a run tells it; where it is given, another key is refused.",
    )

    @field_validator("mask")
    @classmethod
    def _in_order(cls, mask: tuple[MaskKind, ...]) -> tuple[MaskKind, ...]:
        # The order says nothing, so it must not make another configuration.
        return tuple(kind for kind in MASK_KINDS if kind in mask)


class GuardConfig(Section):
    """When a run loses much of a source, or collapses many documents into one. Nothing here changes its results."""

    action: Literal["flag", "stop", "ignore"] = Field(
        "flag",
        description="flag: the run goes on, and its summary, manifest and report name what passed a limit; stop: it "
        "ends before its commit, the corpus as it was, and names it; ignore: it does not look.",
    )
    source_loss: Share = Field(
        0.9,
        description="Share of a source's records in this run that may end as duplicates, rejected or quarantined. A "
        "source is a site, and a folder of pages or a file of records. 1 never speaks.",
    )
    # Of fewer records a share says little: a site's feed may hold a handful, all of them known.
    source_fewest: int = Field(50, ge=1, description="Sources with fewer records in this run are not looked at.")
    cluster_size: int = Field(
        1000, ge=1, description="Documents of this run that may be collapsed into one kept document."
    )


class RunConfig(Section):
    """How a run goes about its work. Nothing here changes its results, but that what passes a limit is quarantined."""

    workers: int = Field(0, ge=0, le=1024, description="Processes; 0 means one a processor.")
    # What is done to all texts of a batch at once costs less the more they are; batch_bytes bounds them.
    batch_records: int = Field(2048, ge=1, description="Records handed to a worker at a time, at most.")
    batch_bytes: int = Field(4 * 2**20, ge=1024, description="Bytes handed to a worker at a time, about.")
    memory: int = Field(
        2 * 2**30,
        ge=2**28,
        description="Bytes of memory for all processes together; no more workers are started than it holds.",
    )
    # The worst text of 4 MB (a letter a line) takes half of it.
    worker_memory: int = Field(
        2**30,
        ge=2**28,
        description="Bytes of memory that a worker may take; a record that takes more by itself is quarantined as "
        "too-much-memory. Watched on Linux alone.",
    )
    record_seconds: float = Field(
        30.0,
        gt=0.0,
        description="Seconds of processor time that cleaning a record may take; beyond them it is quarantined as "
        "too-slow. A batch that takes longer is done again record by record.",
    )


class Config(Section):
    """The whole configuration. `Config()` holds the defaults."""

    read: ReadConfig = ReadConfig()
    decode: DecodeConfig = DecodeConfig()
    extract: ExtractConfig = ExtractConfig()
    strip: StripConfig = StripConfig()
    sites: SitesConfig = SitesConfig()
    filter: FilterConfig = FilterConfig()
    match: MatchConfig = MatchConfig()
    privacy: PrivacyConfig = PrivacyConfig()
    guard: GuardConfig = GuardConfig()
    run: RunConfig = RunConfig()

    @model_validator(mode="after")
    def _consistent(self) -> Config:
        if self.match.min_tokens < self.match.shingle_tokens:
            raise ValueError(
                f"match.min_tokens ({self.match.min_tokens}) must be at least match.shingle_tokens "
                f"({self.match.shingle_tokens})"
            )
        # Winnowing promises a common fingerprint for a window of shingles in a row; a shorter text could hide.
        shingles = self.match.min_tokens - self.match.shingle_tokens + 1
        if self.match.window > shingles:
            raise ValueError(
                f"match.window ({self.match.window}) must be at most {shingles}, the shingles of a text of "
                "match.min_tokens: contained texts of that length would not be found"
            )
        return self


def load_config(path: str | Path | None) -> Config:
    """Read a configuration file; None gives the defaults.

    Raises:
        ConfigError: the file is missing, is not TOML, or holds a key or value that is not allowed; the text names the
            key, where it stands and what is allowed.
    """
    if path is None:
        return Config()
    try:
        raw = Path(path).read_bytes()
    except OSError as error:
        raise ConfigError(
            f"{path}: cannot be read ({error.strerror}). Give the path of a TOML file, or none for the defaults; "
            "`winnow config` prints one to start from."
        ) from error
    try:
        data = tomllib.loads(raw.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: is not valid TOML: {error}. `winnow config` prints a file that is.") from error
    return parse_config(data, where=str(path))


def parse_config(data: dict[str, Any], where: str = "configuration") -> Config:
    """Check a configuration given as a mapping of sections.

    Raises:
        ConfigError: as `load_config`.
    """
    try:
        return Config.model_validate(data)
    except ValidationError as error:
        told = "\n".join(f"  {_explain(problem)}" for problem in error.errors(include_url=False))
        raise ConfigError(
            f"{where}: {error.error_count()} setting(s) cannot be used:\n{told}\n`winnow config` prints every setting."
        ) from error


def _explain(problem: Any) -> str:
    path = [str(part) for part in problem["loc"]]
    name = ".".join(path) or "the whole"
    if problem["type"] != "extra_forbidden":
        return f"{name} = {problem['input']!r}: {problem['msg']}" if path else str(problem["msg"])
    section: type[BaseModel] = Config
    for part in path[:-1]:
        annotation = section.model_fields[part].annotation
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            section = annotation
    known = list(section.model_fields)
    close = difflib.get_close_matches(path[-1], known, n=1)
    hint = f"did you mean {close[0]!r}? " if close else ""
    place = f"[{'.'.join(path[:-1])}]" if path[:-1] else "the file"
    return f"{name}: no such setting; {hint}{place} knows {', '.join(known)}"


def result_settings(config: Config) -> dict[str, Any]:
    """Give the settings that change results: all but `run`, `guard`, which files are taken, and whether a run learns.

    As what files a run takes, what it learns is an input of later runs, which stands in the corpus. `privacy` is named
    where something is masked alone, and there the key by its fingerprint, not by where it is found.
    """
    settings = config.model_dump(
        mode="json",
        exclude={
            "run": True,
            "guard": True,
            "read": {"include", "exclude"},
            "sites": {"learn"},
            "privacy": {"key_variable"},
        },
    )
    if not config.privacy.mask:
        del settings["privacy"]
    return settings


def config_hash(config: Config) -> str:
    """Digest the settings that change results: 16 hex digits, the same on every machine.

    >>> config_hash(Config()) == config_hash(Config(run=RunConfig(workers=7)))
    True
    """
    canonical = orjson.dumps(result_settings(config), option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(canonical).hexdigest()[:16]


def differing_settings(ours: dict[str, Any], theirs: dict[str, Any]) -> list[str]:
    """Name the settings in which two results of `result_settings` differ, as `match.jaccard: 0.7 → 0.8`."""
    told = []
    for section in sorted(ours.keys() | theirs.keys()):
        a, b = theirs.get(section) or {}, ours.get(section) or {}
        told += [
            f"{section}.{key}: {a.get(key)!r} → {b.get(key)!r}"
            for key in sorted(a.keys() | b.keys())
            if a.get(key) != b.get(key)
        ]
    return told


def to_toml(config: Config) -> str:
    """Write a configuration as TOML, each setting under its description; `load_config` reads it back the same."""
    lines = []
    for name in Config.model_fields:
        section: Section = getattr(config, name)
        lines += [f"# {(type(section).__doc__ or '').strip()}", f"[{name}]"]
        for key, info in type(section).model_fields.items():
            lines += [f"# {info.description}", f"{key} = {_toml(getattr(section, key))}"]
        lines.append("")
    return "\n".join(lines)


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    # A JSON string is a TOML basic string; JSON numbers are TOML numbers.
    return orjson.dumps(value).decode()
