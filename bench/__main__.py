"""python -m bench looks | parts: see docs/performance.md."""

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path


def main(arguments: Sequence[str]) -> int:
    """Run one benchmark; nothing is judged by a clock, so it only fails when what it measures went wrong."""
    options = _parser().parse_args(arguments)
    options.run(options)
    return 0


def _parser() -> ArgumentParser:
    parser = ArgumentParser(prog="python -m bench", description="Measure Firstline beside a peer on this machine.")
    commands = parser.add_subparsers(required=True, metavar="looks | parts")
    looks = commands.add_parser("looks", help="a look beside a plain script: CPU, pace, memory, calls")
    looks.add_argument("--accounts", type=int, default=100)
    looks.add_argument("--rounds", type=int, default=3)
    looks.add_argument("--latency", type=float, default=50, help="milliseconds that each AWS call takes")
    looks.add_argument("--threads", type=int, help="of our reader; as the settings say if left out")
    looks.set_defaults(run=_looks)
    parts = commands.add_parser("parts", help="the parts of one look, its recording, and an empty task")
    parts.add_argument("--accounts", type=int, default=50)
    parts.add_argument("--rounds", type=int, default=5)
    parts.add_argument("--tasks", type=int, default=3000)
    parts.set_defaults(run=_parts)
    for command in (looks, parts):
        command.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    return parser


def _looks(options: Namespace) -> None:
    from bench.looks import looks

    looks(options)


def _parts(options: Namespace) -> None:
    from bench.parts import parts

    parts(options)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
