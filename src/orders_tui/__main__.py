"""The command line: `orders-tui`."""


def main() -> None:
    raise SystemExit(2)
