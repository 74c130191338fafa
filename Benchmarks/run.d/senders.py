"""The senders whose losses are compared: this project's products, rsyslog and syslog-ng."""

import hashlib
import ssl

import contenders
from contenders import ROOT

BACKENDS = ("openssl", "gnutls", "mbedtls")
PEERS = ("rsyslog", "syslog-ng")
# More than any run sends.
WAITING = 100000

SYSLOG_NG_CONFIGURATION = """
@version: 3.38
options {{ keep-hostname(yes); stats-freq(0); time-reopen(1); }};
source s {{ unix-dgram("{socket}"); }};
destination d {{ syslog("{address}" port({port}) transport("tls") log-fifo-size({waiting})
  tls(peer-verify(optional-untrusted) trusted-keys("{fingerprint}"))); }};
log {{ source(s); destination(d); }};
"""


def command(name, folder, port, address="127.0.0.1"):
    """The command line of a sender that reads messages from FOLDER/log. `tcp` is this project's
    product with OpenSSL, over TCP in clear."""
    log_socket = f"{folder}/log"
    if name in BACKENDS:
        return contenders.command("syslogd", folder, log_socket, port,
                                  f"{ROOT}/build/{name}/syslogd", address)
    if name == "tcp":
        return [f"{ROOT}/build/openssl/syslogd", "-n", "-p", log_socket,
                "-R", f"{address}:{port}", "--tcp", "--pid-file", f"{folder}/syslogd.pid"]
    if name == "rsyslog":
        return contenders.command("rsyslog", folder, log_socket, port, None, address, WAITING)
    return syslog_ng_command(folder, log_socket, port, address)


def syslog_ng_command(folder, log_socket, port, address):
    with open(f"{folder}/cert.pem") as file:
        der = ssl.PEM_cert_to_DER_cert(file.read())
    digest = hashlib.sha1(der).hexdigest().upper()
    fingerprint = "SHA1:" + ":".join(digest[i:i + 2] for i in range(0, 40, 2))
    with open(f"{folder}/syslog-ng.conf", "w") as file:
        file.write(SYSLOG_NG_CONFIGURATION.format(
            socket=log_socket, address=address, port=port, waiting=WAITING,
            fingerprint=fingerprint))
    return [f"{ROOT}/build/peers/bin/syslog-ng", "-F", "-f", f"{folder}/syslog-ng.conf",
            "--persist-file", f"{folder}/ng.persist", "--control", f"{folder}/ng.ctl",
            "--pidfile", f"{folder}/ng.pid"]
