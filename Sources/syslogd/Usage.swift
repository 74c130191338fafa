import Bytes
import TLSBackend

/// The text of `--help`, in BusyBox's style.
enum Usage {
  static let text: StaticString = """
    Usage: syslogd [OPTIONS]

    Writes what programs log to files and forwards it to collectors.

      -n             Stay in the foreground
      -O FILE        Write to FILE; "-" is standard output; default: /var/log/messages
      -l N           Write only what is more severe than severity N (1 to 8); default: 8
      -s KB          Rotate a file that has become larger; 0: never; default: 200
      -b N           Rotated files to keep (0 to 99); default: 1
      -C[KB]         Write to a ring in shared memory, for logread, in place of the file;
                     default: 16
      -K             Write to the kernel's log in place of the file
      -S             Write short lines: timestamp and message
      -t             Write our own timestamps in place of the programs'
      -L             With -R: write to the file as well as forward
      -D             Drop what is the same as the message before
      -f FILE        Rules: SELECTOR FILE or SELECTOR @udp|tls|tcp://HOST[:PORT] OPTION=..;
                     default: /etc/syslog.conf
      -m MIN         Accepted and ignored
      -p PATH        Read messages from this socket (default: /dev/log) (--log-socket)
      --pid-file PATH
                     Default: /var/run/syslogd.pid
      --state FILE   Keep the time here: validity is never judged at an earlier one
      --user NAME    Drop root once everything is open, and go into a sandbox
      --no-sandbox   With --user: without seccomp and Landlock
      --fips         Refuse TLS remotes unless the library proves a FIPS module
      --check        Read everything, connect to every remote, print what is found,
                     and leave
      -R HOST[:PORT] Forward to HOST; default ports: 514 for UDP, 6514 TLS, 601 TCP.
                     May be given more than once. The options below apply to the -R
                     before them; before the first -R, to all:
      -d             Forward over TLS (--tls)
      --tcp          Forward over TCP in clear
      -c PIN         Accept only a server with this public key: a file (PEM public
                     keys, PEM certificates, sha256//BASE64 or sha-256:AA:BB.. lines),
                     or one such line itself. Repeatable, any match is enough (--pin)
      --ca FILE|DIR  Accept only a server whose chain leads to one of these
                     certificates (PEM), and which has the name of --server-name
      --server-name NAME
                     The name to verify and to ask for; default: HOST
      --crl FILE     Revocation lists (PEM); each authority of the chain needs one
      --cert FILE    Our certificate and what it was signed with (PEM)
      --key FILE     Its key (PEM, not encrypted)
      -I ADDRESS     Bind to this local address (--source)
      --tls-min 1.2|1.3
                     Lowest version of TLS; default 1.2
      --tls-ciphers LIST
                     Cipher suites to offer, of TLS 1.2 and 1.3 in one list, the best
                     first: IANA names, a comma between two; default: RFC 9325's
      --tls-groups LIST
                     Key exchange groups to offer, likewise;
                     default: x25519,secp256r1,secp384r1
      --framing octet|lf
                     Count octets (RFC 5425) or end messages with LF; default octet
      --format raw|3164|5424
                     Bytes as received, RFC 3164 with hostname, or RFC 5424;
                     default: raw on UDP, 5424 on TLS and TCP
      --queue SIZE[K|M]
                     Messages kept while the remote is away, in bytes; default 64K
      --retry MIN[:MAX]
                     Seconds before the first retry, doubling to MAX; default 1:1500
      --connect-timeout S
      --handshake-timeout S
                     Default: 10 seconds each
      --version      Program, TLS library and its version
      --help         This text

    SIGTERM: send what is queued for at most 2 s, and leave. SIGHUP: open files anew,
    read rules, pins and certificates again. SIGUSR1: log the counters.

    """

  /// What `--tls-ciphers` and `--tls-groups` may name; nothing in a build without TLS.
  static func names(_ capabilities: TLSCapabilities) -> Text {
    guard !capabilities.cipherSuites.isEmpty else { return "" }
    var text: Text = "\nCipher suites of \(capabilities.name), * by default:\n"
    for suite in capabilities.cipherSuites where suite.version <= capabilities.highestVersion {
      text += TLSCipherSuite.recommended.contains(suite) ? "  * " : "    "
      text += "\(suite.name)\n"
    }
    text += "Its groups, * by default:\n"
    for group in capabilities.groups {
      text += TLSGroup.recommended.contains(group) ? "  * " : "    "
      text += "\(group.name)\n"
    }
    return text
  }
}
