"""`python -m sandbox serve [--port N] [--example workshop]`, `python -m sandbox build --url URL --example workshop`."""

from __future__ import annotations

import argparse
import json

from sandbox.client import Sandbox


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("serve", help="serve a simulated AWS on 127.0.0.1")
    run.add_argument("--host", default="127.0.0.1", help="another one only inside a container")
    run.add_argument("--port", type=int, default=0, help="0 takes a free one; the address is printed")
    run.add_argument("--example", default="", help="an organisation to build at the start")
    fill = commands.add_parser("build", help="build an organisation in a running sandbox")
    fill.add_argument("--url", required=True)
    fill.add_argument("--example", default="workshop")
    given = parser.parse_args()
    if given.command == "build":
        print(json.dumps(Sandbox(given.url).organisation({"example": given.example}), indent=2))
        return
    _serve(given.host, given.port, given.example)


def _serve(host: str, port: int, example: str) -> None:
    from sandbox.organisation.build import build
    from sandbox.serve import serve

    if example:
        build({"example": example})
    serve(port, host)


if __name__ == "__main__":
    main()
