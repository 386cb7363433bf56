"""Files become raw records: every format and compression, each record or the reason why not."""
