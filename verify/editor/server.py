"""The language server: the protocol on one side, ``Document`` on the other. Needs pygls (extra ``lsp``)."""

from __future__ import annotations

import asyncio
from pathlib import Path

from lsprotocol import types
from pygls.lsp.server import LanguageServer
from pygls.uris import to_fs_path

from verify.editor.analysis import Diagnostic, Document

PAUSE = 0.2  # seconds without a key before a text is read
LEVELS = {
    "error": types.DiagnosticSeverity.Error,
    "warning": types.DiagnosticSeverity.Warning,
    "note": types.DiagnosticSeverity.Information,
}
#: How a completion is drawn.
KINDS = {"function": types.CompletionItemKind.Function, "claim": types.CompletionItemKind.Reference}


def server() -> LanguageServer:
    """A server with nothing open yet."""
    made = LanguageServer("errata", "1")
    documents: dict[str, Document] = {}

    def read(uri: str) -> Document:
        """The document as the editor has it now."""
        source = made.workspace.get_text_document(uri).source
        document = documents.get(uri)
        if document is None:
            document = documents[uri] = Document(Path(to_fs_path(uri) or uri), source)
        elif document.text != source:
            document.update(source)
        return document

    def publish(uri: str) -> None:
        document = read(uri)
        version = made.workspace.get_text_document(uri).version
        told = [_diagnostic(made, document, d) for d in document.faults]
        made.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, told, version))

    @made.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def opened(params: types.DidOpenTextDocumentParams) -> None:
        publish(params.text_document.uri)

    @made.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    async def changed(params: types.DidChangeTextDocumentParams) -> None:
        uri, version = params.text_document.uri, params.text_document.version
        await asyncio.sleep(PAUSE)
        if made.workspace.get_text_document(uri).version == version:  # else there is a newer one to wait for
            publish(uri)

    @made.feature(types.TEXT_DOCUMENT_DID_SAVE)
    def saved(params: types.DidSaveTextDocumentParams) -> None:
        for uri, document in documents.items():  # one may use names of another
            document.update(document.text)
            publish(uri)

    @made.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def closed(params: types.DidCloseTextDocumentParams) -> None:
        documents.pop(params.text_document.uri, None)
        made.text_document_publish_diagnostics(types.PublishDiagnosticsParams(params.text_document.uri, []))

    @made.feature(types.TEXT_DOCUMENT_HOVER)
    def hover(params: types.HoverParams) -> types.Hover | None:
        document = read(params.text_document.uri)
        told = document.hover(*_place(made, document, params.position))
        return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, told)) if told else None

    @made.feature(types.TEXT_DOCUMENT_COMPLETION)
    def complete(params: types.CompletionParams) -> types.CompletionList:
        document = read(params.text_document.uri)
        words = document.completions(*_place(made, document, params.position))
        items = [
            types.CompletionItem(w, kind=KINDS.get(k, types.CompletionItemKind.Variable), detail=k) for w, k in words
        ]
        return types.CompletionList(is_incomplete=False, items=items)

    return made


def _diagnostic(made: LanguageServer, document: Document, d: Diagnostic) -> types.Diagnostic:
    """With its range in the units of the editor, which may count a character as two."""
    codec = made.workspace.position_codec
    start, end = (
        codec.position_to_client_units(document.lines, types.Position(d.line - 1, column - 1))
        for column in (d.column, d.end)
    )
    return types.Diagnostic(types.Range(start, end), d.message, severity=LEVELS[d.level], code=d.code, source="errata")


def _place(made: LanguageServer, document: Document, position: types.Position) -> tuple[int, int]:
    found = made.workspace.position_codec.position_from_client_units(document.lines, position)
    return found.line + 1, found.character + 1
