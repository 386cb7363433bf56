r"""Count how common words are, for the guard against composites: texts → `pipeline/match/common.words`.

    python -m training.common_words ../shared/bench/lines/{lenient,human}_dev.parquet \
        ../shared/bench/neardup/reuters_lab/docs.parquet

Each file has a column `lines` of lists of lines, or `text`; of a file with more, as many texts are taken at even steps.
Words of fewer than four texts are left out: they count as rare. The same texts give the same bytes.
"""

from __future__ import annotations

import argparse
import math
from collections import Counter
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from pipeline.match.composite import WEIGHTS
from pipeline.sign.shingles import token_hashes
from pipeline.words.tokens import tokens

_FEWEST = 4
# No kind of text shall outweigh the others.
_MOST_TEXTS = 1500
# The weight is the logarithm of how few texts have the word, from which this is taken: function words weigh nothing.
_FUNCTION_WORDS = 2.0


def main() -> None:
    """Count and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    options = parser.parse_args()
    texts = [text for path in options.files for text in read(path)]
    counted = Counter(word for text in texts for word in set(tokens(text)))
    rarest = math.log(len(texts)) - _FUNCTION_WORDS
    words = [word for word, n in counted.items() if n >= _FEWEST]
    weights = [max(0.0, math.log(len(texts) / (1 + counted[word])) - _FUNCTION_WORDS) / rarest for word in words]
    keys = (token_hashes(words) >> np.uint64(32)).astype("<u4")
    rarity = np.minimum(np.rint(np.array(weights) * 255), 254).astype(np.uint8)
    kept, first = np.unique(keys, return_index=True)
    options.out.write_bytes(kept.tobytes() + rarity[first].tobytes())
    print(f"{len(kept)} words of {len(texts)} texts → {options.out}")


def read(path: Path) -> list[str]:
    """Read the texts of a file, some of them where there are many."""
    table = pq.read_table(path)
    if "lines" in table.column_names:
        texts = ["\n".join(lines) for lines in table["lines"].to_pylist()]
    else:
        texts = table["text"].to_pylist()
    step = max(1, len(texts) // _MOST_TEXTS)
    return texts[::step][:_MOST_TEXTS]


if __name__ == "__main__":
    main()
