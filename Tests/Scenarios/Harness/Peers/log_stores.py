"""OpenSearch's _bulk and Loki's push over HTTPS, as far as the tests of docs/onward need them.

    log_stores.py PORT FOLDER TROUBLE...

FOLDER has store.crt and store.key. Each document adds a line to FOLDER/documents, each entry of
Loki one to FOLDER/entries, each refusal its reason to FOLDER/refusals. Each TROUBLE is what happens
to one request, in this order, before all is well:
  503       it is answered so, as by a cluster without room, or a proxy
  item-429  OpenSearch takes all of its documents but the first, for which it has no room; the
            status of the whole is 200
  item-400  the same, and the first one will never do
  broken    it is stored and not answered, as when the connection breaks
Like the real ones, OpenSearch does not create a document twice that has an _id, and Loki drops an
entry that it has. What the real ones refuse is refused: a _type (OpenSearch 2, Elasticsearch 8), a
time that is not in nanoseconds (Loki).
"""

import base64
import http.server
import json
import os
import re
import ssl
import sys
import threading

PORT, FOLDER, TROUBLES = int(sys.argv[1]), sys.argv[2], sys.argv[3:]
LOGIN = "Basic " + base64.b64encode(b"collector:secret").decode()
ITEM_TROUBLES = {"item-429": "rejected_execution_exception", "item-400": "mapper_parsing_exception"}
LOCK = threading.Lock()
SEEN = set()


class Refusal(Exception):
    def __init__(self, status, reason):
        super().__init__(reason)
        self.status = status


def demand(condition, reason, status=400):
    if not condition:
        raise Refusal(status, reason)


def note(name, lines):
    with LOCK, open(f"{FOLDER}/{name}", "ab") as file:
        file.write(b"".join(json.dumps(line).encode() + b"\n" for line in lines))


def next_trouble():
    with LOCK:
        return TROUBLES.pop(0) if TROUBLES else None


def is_new(key):
    with LOCK:
        if key in SEEN:
            return False
        SEEN.add(key)
        return True


def decoded(body):
    try:
        return json.loads(body.decode())
    except ValueError as error:
        raise Refusal(400, f"{error}: {body!r}") from None


def bulk(body, trouble):
    demand(body.endswith(b"\n"), "The bulk request must be terminated by a newline [\\n]")
    lines = [line for line in body.split(b"\n") if line]
    demand(lines and len(lines) % 2 == 0, "an action without a document")
    documents, items = [], []
    for action, document in zip(lines[::2], lines[1::2]):
        (verb, place), = decoded(action).items()
        demand(verb in ("index", "create"), f"unknown action {verb}")
        for name in place:
            demand(name in ("_index", "_id", "routing", "pipeline", "require_alias"),
                   f"Action/metadata line [1] contains an unknown parameter [{name}]")
        item = {"_index": place["_index"], "_id": place.get("_id"), "status": 201}
        if trouble in ITEM_TROUBLES and not items:
            item.update(status=int(trouble[-3:]), error={"type": ITEM_TROUBLES[trouble]})
        elif verb == "create" and item["_id"] is not None and not is_new(item["_id"]):
            item.update(status=409, error={"type": "version_conflict_engine_exception"})
        else:
            documents.append({"index": place["_index"], "document": decoded(document)})
        items.append({verb: item})
    note("documents", documents)
    return 200, {"took": 1, "errors": len(documents) < len(items), "items": items}


def push(body):
    entries = []
    for stream in decoded(body)["streams"]:
        for name, value in stream["stream"].items():
            demand(re.fullmatch("[a-zA-Z_][a-zA-Z0-9_]*", name) and isinstance(value, str),
                   f"error parsing labels: {name}={value!r}")
        for value in stream["values"]:
            demand(len(value) == 2 and re.fullmatch("[0-9]{19}", value[0])
                   and isinstance(value[1], str), f"couldn't parse push request: {value!r}")
            entry = {"labels": stream["stream"], "time": value[0], "line": value[1]}
            if is_new(json.dumps(entry)):
                entries.append(entry)
    note("entries", entries)
    return 204, None


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.answer(200, {"version": {"number": "2.11.0", "distribution": "opensearch"}})

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        try:
            demand(self.headers.get("Authorization") == LOGIN, "no login, or a wrong one", 401)
            trouble = next_trouble()
            demand(trouble != "503", "busy", 503)
            kind = self.headers.get("Content-Type", "").partition(";")[0]
            if self.path.partition("?")[0] == "/_bulk":
                demand(kind in ("application/json", "application/x-ndjson"), f"type {kind}", 406)
                status, answer = bulk(body, trouble)
            else:
                demand(self.path == "/loki/api/v1/push", f"no {self.path}", 404)
                demand(kind == "application/json", f"type {kind}", 415)
                status, answer = push(body)
        except Refusal as refusal:
            status, answer = refusal.status, {"error": {"reason": str(refusal)}, "status": 0}
            with LOCK, open(f"{FOLDER}/refusals", "a") as file:
                file.write(f"{status} {refusal}\n")
        else:
            if trouble == "broken":
                self.close_connection = True
                return
        self.answer(status, answer)

    def answer(self, status, content):
        body = b"" if content is None else json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def main():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(f"{FOLDER}/store.crt", f"{FOLDER}/store.key")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", PORT), Handler)
    server.daemon_threads = True
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
