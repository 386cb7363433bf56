"""Count how common words are, for the guard against composites: texts → `pipeline/match/common.words`.

    python -m training.common_words ../shared/bench/lines/lenient_dev.parquet ../shared/bench/lines/human_dev.parquet

Each file has a column `lines` of lists of lines. Words of fewer than four texts are left out: they count as rare.
The same texts give the same bytes.
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
# The weight is the logarithm of how few texts have the word, from which this is taken: function words weigh nothing.
_FUNCTION_WORDS = 2.0


def main() -> None:
    """Count and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    options = parser.parse_args()
    texts = [lines for path in options.files for lines in pq.read_table(path, columns=["lines"])["lines"].to_pylist()]
    counted = Counter(word for lines in texts for word in set(tokens("\n".join(lines))))
    rarest = math.log(len(texts)) - _FUNCTION_WORDS
    words = [word for word, n in counted.items() if n >= _FEWEST]
    weights = [max(0.0, math.log(len(texts) / (1 + counted[word])) - _FUNCTION_WORDS) / rarest for word in words]
    keys = (token_hashes(words) >> np.uint64(32)).astype("<u4")
    rarity = np.minimum(np.rint(np.array(weights) * 255), 254).astype(np.uint8)
    kept, first = np.unique(keys, return_index=True)
    options.out.write_bytes(kept.tobytes() + rarity[first].tobytes())
    print(f"{len(kept)} words of {len(texts)} texts → {options.out}")


if __name__ == "__main__":
    main()
