"""``errata lsp`` as an editor meets it: JSON-RPC over standard input and output."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.verify.commands.test_cli import environment
from verify import cli, extras

pytest.importorskip("pygls")

CASE = "title: t\nsymbols: {x: 2}\nclaims:\n  - {id: '𝑎', of: x + zed, prints: 2}\n"


class Client:
    """As much of an editor as it takes."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "verify", "lsp"], env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self.number = 0

    def send(self, method: str, params: Any, *, answered: bool = False) -> int:
        self.number += answered
        message = {"jsonrpc": "2.0", "method": method, "params": params, **({"id": self.number} if answered else {})}
        body = json.dumps(message).encode()
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self.process.stdin.flush()
        return self.number

    def heard(self) -> Any:
        assert self.process.stdout is not None
        length = 0
        while line := self.process.stdout.readline().strip():
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        return json.loads(self.process.stdout.read(length))

    def ask(self, method: str, params: Any) -> Any:
        number = self.send(method, params, answered=True)
        while (message := self.heard()).get("id") != number or "method" in message:
            pass
        assert "error" not in message, message
        return message["result"]

    def told(self) -> Any:
        while (message := self.heard()).get("method") != "textDocument/publishDiagnostics":
            pass
        return message["params"]


@pytest.fixture
def client() -> Iterator[Client]:
    made = Client()
    try:
        yield made
    finally:
        made.process.kill()
        made.process.communicate()


def test_an_editor_is_served(client: Client, tmp_path: Path) -> None:
    able = client.ask("initialize", {"processId": None, "rootUri": tmp_path.as_uri(), "capabilities": {}})[
        "capabilities"
    ]
    assert able["hoverProvider"]
    assert able["completionProvider"] is not None
    client.send("initialized", {})
    uri = (tmp_path / "f.yaml").as_uri()  # which is not on the disk
    client.send(
        "textDocument/didOpen", {"textDocument": {"uri": uri, "languageId": "yaml", "version": 1, "text": CASE}}
    )
    (fault,) = client.told()["diagnostics"]
    start = CASE.splitlines()[3].index("zed") + 1  # the letter before it counts as two
    assert fault["range"] == {"start": {"line": 3, "character": start}, "end": {"line": 3, "character": start + 3}}
    assert (fault["code"], fault["severity"], fault["source"]) == ("E301", 1, "errata")
    change = {"range": fault["range"], "text": "1"}
    client.send("textDocument/didChange", {"textDocument": {"uri": uri, "version": 2}, "contentChanges": [change]})
    assert client.told() == {"uri": uri, "version": 2, "diagnostics": []}
    here = {"textDocument": {"uri": uri}, "position": {"line": 3, "character": start - 4}}
    assert client.ask("textDocument/hover", here)["contents"] == {"kind": "markdown", "value": "**x**: a symbol: 2"}
    words = client.ask("textDocument/completion", here)["items"]
    assert {"x", "sigmoid"} <= {w["label"] for w in words}
    client.send("textDocument/didClose", {"textDocument": {"uri": uri}})
    assert client.told()["diagnostics"] == []
    client.ask("shutdown", None)
    client.send("exit", None)
    assert client.process.wait(timeout=60) == 0


def test_what_is_missing_is_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("verify.commands.lsp.installed", lambda library: False)
    assert cli.main(["lsp"]) == 2
    assert extras.missing("pygls") in capsys.readouterr().err
