"""Parses commands with the installed gcloud's own parser, without running them or any network.

Usage: python -S gcloud_parser.py ROOT_OF_THE_SDK; each line of standard input has two JSON lists:
commands, and documents as (API, version, message, document). Prints a line with what gcloud says
against each of them; nothing for a right one.
"""

import io
import json
import re
import sys
from importlib import import_module
from typing import Any

Message = tuple[str, str, str, dict[str, Any]]


class Gcloud:
    """gcloud, which parses and does not run."""

    def __init__(self, root: str) -> None:
        """`root` is the folder of Google's SDK."""
        sys.path[:0] = [f"{root}/lib", f"{root}/lib/third_party"]
        self._said = sys.stderr = io.StringIO()  # gcloud keeps the stream that it finds
        # Parsing has ended when a command is run, and nothing else is wanted of it.
        import_module("googlecloudsdk.calliope.backend").Command.Run = lambda *_, **__: None
        self._cli = import_module("googlecloudsdk.gcloud_main").CreateCLI([])

    def against_command(self, command: list[str]) -> str:
        """Return what the parser says against the command, without its usage."""
        self._said.seek(0)
        self._said.truncate()
        try:
            self._cli.Execute(command)
        except SystemExit as end:
            return re.split(r"\n(?:Usage|To search)", self._said.getvalue())[0] if end.code else ""
        return ""

    def against_message(self, message: Message) -> str:
        """Return which of the document's fields and values the API's message does not have."""
        api, version, name, document = message
        module = import_module("googlecloudsdk.api_lib.util.apis").GetMessagesModule(api, version)
        encoding = import_module("apitools.base.py.encoding")
        try:
            read = encoding.JsonToMessage(getattr(module, name), json.dumps(document))
        except (AttributeError, TypeError, ValueError) as error:
            return f"{type(error).__name__}: {error}"
        paths = encoding.UnrecognizedFieldIter(read)
        unknown = [str(fields) for _, fields in paths]
        return f"unknown: {', '.join(unknown)}" if unknown else ""


if __name__ == "__main__":
    gcloud = Gcloud(sys.argv[1])
    for line in sys.stdin:
        commands, messages = json.loads(line)
        found = [
            [gcloud.against_command(each) for each in commands],
            [gcloud.against_message(each) for each in messages],
        ]
        print(json.dumps(found), flush=True)  # noqa: T201 - its answer
