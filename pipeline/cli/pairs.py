"""`winnow pairs`: the pairs that a threshold decides on, and what another one would change."""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Iterator
from textwrap import wrap
from typing import TYPE_CHECKING

from pipeline.cli.arguments import Command, one_of
from pipeline.cli.progress import on_terminal, reporter
from pipeline.cli.quantities import number
from pipeline.cli.terminal import in_colour, show, show_json

if TYPE_CHECKING:
    from rich.text import Text

    from pipeline.inspect.pairs import Pair, Pairs, Side

_DESCRIPTION = """\
Show pairs of documents that are about as alike as a threshold asks for: duplicates, superseded and refused ones, and
kept documents that are alike. A sample is shown word by word, in colour on a terminal; then what other thresholds would
restore or drop. The corpus itself is left as it is."""

# As pipeline.inspect.pairs has them, which imports what help does not need.
_MEASURES = ("jaccard", "contained", "matched")
_MOST = 1000
_WIDTH = 100
_INDENT = " " * 4

_FATES = {
    "duplicate": "duplicate",
    "superseded": "superseded",
    "refused": "both kept, refused",
    "kept": "both kept",
    "missed": "both kept, missed",
}
_MEANING = """\
Restored: nothing would join the two any more; joined otherwise: another relation would; dropped: another kept document
would stand for it. Pair by pair: what follows for further documents is not simulated."""
_NAMES = {"jaccard": "a Jaccard similarity", "contained": "a share contained", "matched": "a share matched"}
_PLAIN = {"same": "{}", "gone": "[-{}-]", "come": "{{+{}+}}"}
_STYLES = {"same": "", "gone": "red strike", "come": "green"}


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("clean", metavar="CLEAN", help="folder of the corpus")
    parser.add_argument(
        "--between",
        nargs=2,
        type=_share,
        metavar=("LOW", "HIGH"),
        help="bounds of the pairs that are looked at, 0 to 1 (default: a tenth on either side of the threshold)",
    )
    parser.add_argument(
        "--by",
        metavar="{" + ",".join(_MEASURES) + "}",
        type=one_of(*_MEASURES),
        default=_MEASURES[0],
        help="what lies between them: Jaccard similarity, or the share of one text contained in the other, or matched "
        "letter by letter (default: jaccard)",
    )
    parser.add_argument("--sample", metavar="N", type=_count, default=10, help="pairs to show (default: 10)")
    parser.add_argument(
        "--seed", metavar="N", type=_seed, default=1, help="another one gives another sample (default: 1)"
    )
    parser.add_argument("--json", action="store_true", help="print it as JSON; progress as JSON lines")


def _share(word: str) -> float:
    try:
        share = float(word)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise argparse.ArgumentTypeError(f"{word!r} is not a share; give two from 0 to 1, the lower one first")
    return share


def _count(word: str) -> int:
    return _whole(word, _MOST, "a number of pairs")


def _seed(word: str) -> int:
    return _whole(word, 2**32 - 1, "a seed")


def _whole(word: str, most: int, what: str) -> int:
    if not (word.isascii() and word.isdigit() and int(word) <= most):
        raise argparse.ArgumentTypeError(f"{word!r} is not {what}; give 0 to {most}")
    return int(word)


def _run(args: argparse.Namespace) -> int:
    from pipeline.inspect.pairs import borderline
    from pipeline.store.corpus import read_corpus

    corpus = read_corpus(args.clean)
    between = tuple(args.between) if args.between else None
    with reporter(quiet=not (args.json or on_terminal()), as_json=args.json) as report:
        found = borderline(corpus, between, args.by, sample=args.sample, seed=args.seed, listen=report)
    if args.json:
        show_json(found.to_dict())
        return 0
    show("\n".join(_head(found, args.clean)))
    for place, pair in enumerate(found.pairs, start=1):
        show("\n".join(["", *_pair(place, pair)]))
        _show_difference(pair)
    show("\n".join(_table(found)))
    return 0


def _head(found: Pairs, corpus: str) -> Iterator[str]:
    from pipeline.inspect.plain import one_line

    count = sum(found.fates.values())
    yield (
        f"{one_line(corpus)}: {number(count, 'pair')} with {_NAMES[found.by]} of {found.lower:g} to "
        f"{found.upper:g}; the threshold is {found.threshold:g} ({found.setting})"
    )
    for fate, pairs in found.fates.items():
        name, _, why = fate.partition(": ")
        yield f"{pairs:>7,}  {_FATES[name]}{f': {why}' if why else ''}"
    if len(found.pairs) < count:
        yield f"Shown are {len(found.pairs):,} of them, drawn with seed {found.seed}, the least alike first."


def _pair(place: int, pair: Pair) -> Iterator[str]:
    why = f": {pair.guard if pair.fate == 'refused' else pair.relation}" if pair.fate not in ("kept", "missed") else ""
    unlike = f", and would be at any threshold: {pair.guard}" if pair.fate == "kept" and pair.guard else ""
    missed = f": {pair.relation}, but the two were not compared" if pair.fate == "missed" else ""
    yield f"{place}. {_FATES[pair.fate]}{why}{unlike}{missed}"
    measured = pair.measured
    shares = (
        f"{_INDENT}Jaccard similarity {measured['jaccard']:.3f}; of the earlier one {measured['containing']:.3f} is "
        f"contained in the later, of the later {measured['contained']:.3f}"
    )
    if measured["matched"] is not None:
        shares += f"; letters matched {measured['matching']:.3f} and {measured['matched']:.3f}"
    yield from wrap(shares, _WIDTH, subsequent_indent=_INDENT)
    yield from _side("-", pair.earlier)
    yield from _side("+", pair.later)


def _side(sign: str, side: Side) -> Iterator[str]:
    from rich.text import Text

    from pipeline.inspect.plain import one_line

    # Some characters are two columns wide.
    title = Text(one_line(side.title))
    title.truncate(_WIDTH - len(side.id) - 6, overflow="ellipsis")
    yield f"  {sign} {side.id}  {title.plain}"
    yield f"{_INDENT}{one_line(side.url or f'{side.file_path}, record {side.record}')}"


def _show_difference(pair: Pair) -> None:
    from rich.console import Console
    from rich.padding import Padding

    coloured = in_colour()
    words = _marked(pair, coloured)
    if coloured:
        width = min(_WIDTH, shutil.get_terminal_size().columns)
        Console(highlight=False, width=width).print(Padding(words, (0, 0, 0, len(_INDENT)), expand=False))
    else:
        lines = words.wrap(Console(), _WIDTH - len(_INDENT))
        show("\n".join(f"{_INDENT}{line.plain}".rstrip() for line in lines))


def _marked(pair: Pair, coloured: bool) -> Text:
    """Put the parts in a row, what differs marked by its colour, or by signs."""
    from rich.text import Text

    from pipeline.inspect.plain import one_line

    words = Text()
    for part in pair.difference:
        shown = one_line(part.text)
        words.append(" " if words else "")
        words.append(shown if coloured else _PLAIN[part.what].format(shown), _STYLES[part.what] if coloured else "")
    if not pair.complete:
        words.append(" … and more differs.")
    return words


def _table(found: Pairs) -> Iterator[str]:
    from pipeline.inspect.status import table_lines

    yield ""
    yield from table_lines(
        f"What another {found.setting} would change",
        ["threshold", "duplicates restored", "joined otherwise", "superseded restored", "documents dropped"],
        [
            (
                f"{step.threshold:.2f}" if round(step.threshold, 2) == step.threshold else f"{step.threshold:g}",
                f"{step.duplicates_restored:,}",
                f"{step.duplicates_otherwise:,}",
                f"{step.superseded_restored:,}",
                f"{step.dropped:,}",
            )
            for step in found.steps
        ],
    )
    yield from wrap(_MEANING, _WIDTH)


COMMAND = Command(
    name="pairs",
    usage="CLEAN [options]",
    summary="show pairs that a threshold decides on, and what another one would change",
    description=_DESCRIPTION,
    examples=(
        "winnow pairs clean/ --between 0.6 0.8",
        "winnow pairs clean/ --by contained --sample 3 --seed 7",
        "winnow pairs clean/ --between 0.6 0.8 --json",
    ),
    arguments=_arguments,
    run=_run,
)
