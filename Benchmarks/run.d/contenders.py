"""The forwarders that are compared, and the command line of each."""

import os
import subprocess

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TOOLS = os.path.join(ROOT, "build", "benchmarks")

CONTENDERS = {
    "c": "minimal C program, recvmmsg",
    "c-recv": "minimal C program, recv",
    "syslogd": "this project, --format 5424",
    "syslogd-raw": "this project, --format raw",
    "rsyslog": "rsyslog, OpenSSL driver, tuned",
}
DEFAULT = ["c", "syslogd", "syslogd-raw", "rsyslog"]

RSYSLOG_CONFIGURATION = """
global(workDirectory="{folder}" maxMessageSize="8k" net.enableDNS="off"
       defaultNetstreamDriverCAFile="{folder}/cert.pem")
module(load="imuxsock" sysSock.use="off")
# One worker, large batches, and a full queue that waits instead of discarding.
main_queue(queue.type="LinkedList" queue.size="{waiting}" queue.dequeueBatchSize="1024"
           queue.workerThreads="1" queue.timeoutEnqueue="60000" queue.discardMark="{waiting}"
           queue.lightDelayMark="{waiting}")
input(type="imuxsock" socket="{socket}" rateLimit.interval="0" usePIDFromSystem="off"
      useSysTimeStamp="off" annotate="off" parseTrusted="off")
action(type="omfwd" target="{address}" port="{port}" protocol="tcp" tcp_framing="octet-counted"
       template="RSYSLOG_SyslogProtocol23Format" streamDriver="ossl" streamDriverMode="1"
       streamDriverAuthMode="x509/fingerprint" streamDriverPermittedPeers="{fingerprint}"
       action.resumeRetryCount="-1" action.resumeInterval="1")
"""


def command(name, folder, log_socket, port, syslogd, address="127.0.0.1", waiting=10000):
    """`syslogd` is the program that stands for this project; `waiting` is the length of rsyslog's
    queue, in messages."""
    if name in ("c", "c-recv"):
        return [f"{TOOLS}/forwarder"] + (["-1"] if name == "c-recv" else []) + [
            log_socket, str(port)]
    if name == "rsyslog":
        with open(f"{folder}/rsyslog.conf", "w") as file:
            file.write(RSYSLOG_CONFIGURATION.format(
                folder=folder, socket=log_socket, address=address, port=port, waiting=waiting,
                fingerprint=fingerprint(folder)))
        return ["/usr/sbin/rsyslogd", "-n", "-f", f"{folder}/rsyslog.conf",
                "-i", f"{folder}/rsyslog.pid"]
    return [syslogd, "-n", "-p", log_socket, "-R", f"{address}:{port}", "-d",
            "-c", f"{folder}/pin.pem", "--pid-file", f"{folder}/syslogd.pid"] + (
                ["--format", "raw"] if name == "syslogd-raw" else [])


def fingerprint(folder):
    text = subprocess.run(
        ["openssl", "x509", "-in", f"{folder}/cert.pem", "-noout", "-fingerprint", "-sha256"],
        check=True, capture_output=True, text=True).stdout
    return "SHA256:" + text.strip().partition("=")[2]


def make_certificate(folder):
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
         "-keyout", f"{folder}/key.pem", "-out", f"{folder}/cert.pem"],
        check=True, capture_output=True)
    public = subprocess.run(
        ["openssl", "x509", "-in", f"{folder}/cert.pem", "-noout", "-pubkey"],
        check=True, capture_output=True).stdout
    with open(f"{folder}/pin.pem", "wb") as file:
        file.write(public)
