"""One file per family of endpoints: parse, call, answer."""
