#!/usr/bin/env python3
"""Counts the signatures that one handshake has checked: those of the path, once each, and the
server's own. More would be a library's own validation beside ours.

  count.py SYSLOGD

Exit status 0 when they are as many as that.
"""
import os
import pathlib
import socket
import ssl
import subprocess
import sys
import tempfile
import threading

HERE = pathlib.Path(__file__).resolve().parent
AUTHORITY = "basicConstraints=critical,CA:TRUE"
SERVER = "subjectAltName=DNS:example.com"


def openssl(*arguments):
    subprocess.run(["openssl", *arguments], check=True, stderr=subprocess.DEVNULL)


def issue(folder, name, issuer, extension):
    """A certificate NAME.pem of a new key, below ISSUER, or below itself."""
    key = f"{folder}/{name}.key"
    openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", key)
    request = f"{folder}/{name}.request"
    openssl("req", "-new", "-key", key, "-subj", f"/CN={name}", "-out", request)
    with open(f"{folder}/{name}.extensions", "w") as file:
        file.write(extension + "\n")
    signer = ["-signkey", key] if issuer is None else [
        "-CA", f"{folder}/{issuer}.pem", "-CAkey", f"{folder}/{issuer}.key", "-CAcreateserial"]
    openssl("x509", "-req", "-in", request, "-days", "30", *signer, "-extfile",
            f"{folder}/{name}.extensions", "-out", f"{folder}/{name}.pem")


def serve(listener, folder):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(f"{folder}/chain.pem", f"{folder}/server.key")
    connection, _ = listener.accept()
    with connection:
        try:
            with context.wrap_socket(connection, server_side=True) as session:
                session.recv(1)
        except (OSError, ssl.SSLError):
            pass


def count(syslogd, folder, chain):
    with open(f"{folder}/chain.pem", "w") as file:
        for name in chain:
            with open(f"{folder}/{name}.pem") as part:
                file.write(part.read())
    listener = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=serve, args=(listener, folder), daemon=True).start()
    environment = dict(os.environ, LD_PRELOAD=f"{folder}/count.so",
                       SIGNATURE_COUNT=f"{folder}/count")
    page = subprocess.run(
        [syslogd, "--check", "-f", "/dev/null", "-R", f"127.0.0.1:{listener.getsockname()[1]}",
         "-d", "--ca", f"{folder}/root.pem", "--server-name", "example.com"],
        env=environment, capture_output=True, text=True)
    listener.close()
    if "leads to a trust anchor" not in page.stdout:
        print(page.stdout + page.stderr)
        return -1
    with open(f"{folder}/count") as file:
        return int(file.read())


def main():
    syslogd = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory(prefix="count-") as folder:
        subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", f"{folder}/count.so",
                        HERE / "count.c", "-ldl"], check=True)
        issue(folder, "root", None, AUTHORITY)
        issue(folder, "upper", "root", AUTHORITY)
        issue(folder, "lower", "upper", AUTHORITY)
        issue(folder, "other", "root", AUTHORITY)
        issue(folder, "server", "lower", SERVER)
        # Shuffled, with one that is not needed.
        counted = count(syslogd, folder, ["server", "upper", "other", "lower"])
    print(f"  {counted} signatures checked in a handshake with a path of three")
    return 0 if counted == 4 else 1


if __name__ == "__main__":
    sys.exit(main())
