"""A collector over TLS that counts bytes: one connection after the other, each ended by it."""

import os
import socket
import ssl
import struct
import subprocess
import threading

from common import Failure

VERSIONS = {"TLS 1.2": ssl.TLSVersion.TLSv1_2, "TLS 1.3": ssl.TLSVersion.TLSv1_3}
KEYS = {
    "RSA 2048": ["-newkey", "rsa:2048"],
    "ECDSA P-256": ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"],
    "ECDSA P-384": ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:secp384r1"],
    "Ed25519": ["-newkey", "ed25519"],
}
TIMEOUT = 10  # seconds for what takes milliseconds


class Identity:
    """A server's key, self-signed certificate, and the pin of it."""

    def __init__(self, folder, key_type):
        base = os.path.join(folder, key_type.replace(" ", "-"))
        self.certificate, self.key, self.pin = f"{base}.crt", f"{base}.key", f"{base}.pin"
        subprocess.run(
            ["openssl", "req", "-x509", *KEYS[key_type], "-nodes", "-days", "2",
             "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
             "-keyout", self.key, "-out", self.certificate], check=True, capture_output=True)
        with open(self.pin, "wb") as file:
            file.write(subprocess.run(
                ["openssl", "x509", "-in", self.certificate, "-noout", "-pubkey"],
                check=True, capture_output=True).stdout)


class Peer:
    """Accepts on a port of 127.0.0.1.

    Behaviour is one of "close": read one record, close, and greet, because a
    client with nothing to send does not come again; "keep": read for ever;
    "stuck": complete the handshake and never read again.
    """

    def __init__(self, identity, version=None, behaviour="keep"):
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(identity.certificate, identity.key)
        # The client's order of suites decides, as with most collectors.
        self.context.options &= ~ssl.OP_CIPHER_SERVER_PREFERENCE
        if version:
            self.context.minimum_version = self.context.maximum_version = VERSIONS[version]
        self.behaviour = behaviour
        self.greet = lambda: None
        self.handshakes = []  # (bytes from the client, bytes to it, suite)
        self.refusals = []
        self.held = []
        self.changed = threading.Condition()
        self.listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        if behaviour == "stuck":
            self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.listener.bind(("127.0.0.1", 0))
        self.listener.listen(8)
        self.port = self.listener.getsockname()[1]
        self.ending = False
        self.thread = threading.Thread(target=self.accept_all, daemon=True)
        self.thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.ending = True
        for connection in [self.listener, *self.held]:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # it has ended already
        self.thread.join(TIMEOUT)
        for connection in [self.listener, *self.held]:
            connection.close()

    def greet_with(self, greet):
        """Says what makes the client send a message."""
        self.greet = greet
        greet()

    def wait(self, count=1, timeout=TIMEOUT):
        """Returns when `count` handshakes are complete; fails when one was refused."""
        with self.changed:
            done = self.changed.wait_for(
                lambda: len(self.handshakes) >= count or self.refusals, timeout)
            if self.refusals:
                raise Failure(f"a handshake failed: {self.refusals[0]}")
            if not done:
                raise Failure(f"{len(self.handshakes)} of {count} handshakes after {timeout} s")

    def accept_all(self):
        while not self.ending:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.held.append(connection)
            try:
                self.serve(connection)
            except (OSError, EOFError) as error:
                with self.changed:
                    if not self.ending and len(self.refusals) < 10:
                        self.refusals.append(str(error) or type(error).__name__)
                    self.changed.notify_all()
            if self.behaviour != "stuck":
                self.held.remove(connection)
                connection.close()

    def serve(self, connection):
        connection.settimeout(TIMEOUT)
        session = Session(self.context, connection)
        session.handshake()
        with self.changed:
            self.handshakes.append((session.received, session.sent, session.tls.cipher()[0]))
            self.changed.notify_all()
        if self.behaviour == "close":
            session.read()
            session.close()
            self.greet()
        elif self.behaviour == "keep":
            connection.settimeout(None)
            while session.read():
                pass


class Session:
    """The server's end of one connection, fed one record at a time, so that what belongs to the
    handshake and what follows it are told apart."""

    def __init__(self, context, connection):
        self.connection = connection
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(self.incoming, self.outgoing, server_side=True)
        self.received = self.sent = 0

    def handshake(self):
        while True:
            try:
                self.tls.do_handshake()
                return self.flush()
            except ssl.SSLWantReadError:
                self.flush()
                self.take_record()
            except ssl.SSLError:
                self.flush()
                raise

    def read(self):
        """Nothing when the client has said that it closes."""
        while True:
            try:
                return self.tls.read(16384)
            except ssl.SSLWantReadError:
                self.take_record()

    def close(self):
        """Returns when the client has closed too, so that it is known to be idle."""
        try:
            self.tls.unwrap()
        except ssl.SSLError:
            pass  # the peer's close_notify is not waited for
        self.flush()
        self.connection.shutdown(socket.SHUT_WR)
        while self.connection.recv(4096):
            pass

    def flush(self):
        data = self.outgoing.read()
        if data:
            self.connection.sendall(data)
            self.sent += len(data)

    def take_record(self):
        header = self.exactly(5)
        record = header + self.exactly(struct.unpack(">xxxH", header)[0])
        self.received += len(record)
        self.incoming.write(record)

    def exactly(self, count):
        data = b""
        while len(data) < count:
            piece = self.connection.recv(count - len(data))
            if not piece:
                raise EOFError("the client closed the connection")
            data += piece
        return data
