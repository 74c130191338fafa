import Bytes
import Features

/// Every option, in the order of `--help`: BusyBox's letters, the seed's `d`, `c` and `I`, `p`, and
/// names alone for the rest, so that no letter that BusyBox takes later collides with one.
///
/// The parser, `--help`, what a rule may say and what a refusal calls an option follow from it.
enum OptionTable {
  static let entries: [OptionEntry] = [
    // MARK: The daemon
    OptionEntry(.daemon(.foreground), letter: "n", help: "Run in the foreground"),
    OptionEntry(
      .daemon(.logFile), letter: "O", value: "FILE",
      help: "Log to FILE (\"-\": standard output); default: /var/log/messages"),
    OptionEntry(
      .daemon(.severityLimit), letter: "l", value: "N",
      help: "Log only messages more severe than severity N (1 to 8); default: 8"),
    OptionEntry(
      .daemon(.rotationSize), letter: "s", value: "KB",
      help: "Rotate the file when it exceeds this size (0: never); default: 200"),
    OptionEntry(
      .daemon(.rotatedFiles), letter: "b", value: "N",
      help: "Number of rotated files to keep (0 to 99); default: 1"),
    OptionEntry(
      .daemon(.ringBuffer), letter: "C", value: "[KB]", of: .ring,
      help: """
        Log to a ring buffer in shared memory, for logread, instead of the
        file; default: 16
        """),
    OptionEntry(
      .daemon(.kernelLog), letter: "K", of: .kernelLog,
      help: "Log to the kernel's log instead of the file"),
    OptionEntry(
      .daemon(.shortLines), letter: "S", help: "Shorter lines: only timestamp and message"),
    OptionEntry(
      .daemon(.ownTimestamps), letter: "t",
      help: "Use our own timestamps instead of those in messages"),
    OptionEntry(.daemon(.localLog), letter: "L", help: "With -R: log locally as well as forward"),
    OptionEntry(.daemon(.dropDuplicates), letter: "D", help: "Drop consecutive duplicates"),
    OptionEntry(
      .daemon(.configuration), letter: "f", value: "FILE", of: .rules,
      help: """
        Rules: SELECTOR FILE, or
        SELECTOR @udp|tls|tcp://HOST[:PORT] OPTION=VALUE..;
        default: /etc/syslog.conf
        """),
    OptionEntry(.daemon(.mark), letter: "m", value: "MIN", help: "Ignored, for compatibility"),
    OptionEntry(
      .daemon(.logSocket), letter: "p", name: "log-socket", value: "PATH",
      help: "Socket to read messages from; default: /dev/log"),
    OptionEntry(
      .daemon(.pidFile), name: "pid-file", value: "PATH", help: "Default: /var/run/syslogd.pid"),
    OptionEntry(
      .daemon(.hostname), name: "hostname", value: "NAME", of: .formats,
      help: "HOSTNAME of forwarded messages; default: the system's"),
    OptionEntry(
      .daemon(.state), name: "state", value: "FILE", of: .state,
      help: """
        Save the time in FILE, so that certificates are never checked
        against an earlier time
        """),
    OptionEntry(
      .daemon(.stats), name: "stats", value: "FILE", of: .statistics,
      help: "Write statistics to FILE in Prometheus's text format"),
    OptionEntry(
      .daemon(.user), name: "user", value: "NAME", of: .user,
      help: "Drop root privileges after start, and enter a sandbox"),
    OptionEntry(
      .daemon(.noSandbox), name: "no-sandbox", of: .user,
      help: "With --user: no sandbox (seccomp, Landlock)"),
    OptionEntry(
      .daemon(.fips), name: "fips", of: .fipsMode,
      help: "Refuse TLS unless the library proves that it uses a FIPS module"),
    OptionEntry(
      .daemon(.check), name: "check", of: .check,
      help: """
        Check the configuration, connect to every remote, print a
        report, and exit 0 or 1
        """),
    OptionEntry(
      .daemon(.version), name: "version",
      help: "Print the versions of this program and its TLS library"),
    OptionEntry(.daemon(.help), name: "help", help: "Print this text"),
    OptionEntry(
      .daemon(.forward), letter: "R", value: "HOST[:PORT]",
      help: """
        Forward to HOST; default ports: 514 (UDP), 6514 (TLS), 601 (TCP).
        Repeatable. The options below apply to the -R before them, or to
        every -R when they come before the first:
        """),

    // MARK: A remote
    OptionEntry(.remote(.tls), letter: "d", name: "tls", help: "Forward over TLS"),
    OptionEntry(.remote(.tcp), name: "tcp", of: .tcp, help: "Forward over TCP, unencrypted"),
    OptionEntry(
      .remote(.pin), letter: "c", name: "pin", value: "PIN", over: .tls,
      help: """
        Accept only a server with this public key: a file (PEM public keys,
        PEM certificates, sha256//BASE64 or sha-256:AA:BB.. lines), or one
        such line itself. Repeatable, any match is enough
        """),
    OptionEntry(
      .remote(.ca), name: "ca", value: "FILE|DIR", over: .tls, of: .chains,
      help: """
        Accept only a server whose certificate chain leads to one of these
        (PEM), and whose name is that of --server-name
        """),
    OptionEntry(
      .remote(.serverName), name: "server-name", value: "NAME", over: .tls, of: .chains,
      help: "Name to verify and to send as SNI; default: HOST"),
    OptionEntry(
      .remote(.crl), name: "crl", value: "FILE", over: .tls, of: .chains,
      help: "Revocation lists (PEM); every CA of the chain needs a current one"),
    OptionEntry(
      .remote(.certificate), name: "cert", value: "FILE", over: .tls, of: .clientCertificates,
      help: "Client certificate and its chain (PEM)"),
    OptionEntry(
      .remote(.key), name: "key", value: "FILE", over: .tls, of: .clientCertificates,
      help: "Its private key (PEM, not encrypted)"),
    OptionEntry(
      .remote(.source), letter: "I", name: "source", value: "ADDRESS",
      help: "Local address to bind to"),
    OptionEntry(
      .remote(.device), name: "interface", value: "DEVICE",
      help: "Network device or VRF to bind to"),
    OptionEntry(
      .remote(.tlsMin), name: "tls-min", value: "1.2|1.3", over: .tls, of: .tlsChoices,
      help: "Lowest TLS version; default: 1.2"),
    OptionEntry(
      .remote(.tlsCiphers), name: "tls-ciphers", value: "LIST", over: .tls, of: .tlsChoices,
      help: """
        Comma-separated list of cipher suites to offer (IANA names), TLS 1.2
        and 1.3 together, in order of preference; default: RFC 9325's
        """),
    OptionEntry(
      .remote(.tlsGroups), name: "tls-groups", value: "LIST", over: .tls, of: .tlsChoices,
      help: """
        Comma-separated list of key exchange groups to offer, in order of
        preference; default: X25519MLKEM768,x25519,secp256r1,secp384r1
        """),
    OptionEntry(
      .remote(.framing), name: "framing", value: "octet|lf", over: .streams,
      help: "Octet counting (RFC 5425), or LF after each message; default: octet"),
    OptionEntry(
      .remote(.format), name: "format", value: "raw|3164|5424", of: .formats,
      help: """
        As received, RFC 3164 with hostname, or RFC 5424;
        default: raw (UDP), 5424 (TLS, TCP)
        """),
    OptionEntry(
      .remote(.queue), name: "queue", value: "SIZE[K|M]", over: .streams,
      help: """
        Bytes of messages to queue while the remote is away; default:
        a 64th of the memory, 256K to 16M, for all queues together
        """),
    OptionEntry(
      // Numbers are a part of that format.
      .remote(.replay), name: "replay", value: "SIZE[K|M]", over: .streams,
      of: Feature.formats.isBuilt ? .replay : .formats,
      help: """
        Bytes of acknowledged messages to keep, and to send again when the
        connection breaks; each message gets a sequenceId; default: 0
        """),
    OptionEntry(
      .remote(.spool), name: "spool", value: "FILE:SIZE[:PER_DAY]", over: .streams, of: .spool,
      help: """
        What the queue has no room for goes to FILE, of SIZE[K|M] bytes, at
        most PER_DAY[K|M] of them in a day; default: twice SIZE
        """),
    OptionEntry(
      .remote(.retry), name: "retry", value: "MIN[:MAX]", over: .streams,
      help: "Seconds before a retry, doubling up to MAX; default: 0.4:1500"),
    OptionEntry(
      .remote(.connectTimeout), name: "connect-timeout", value: "SECONDS", over: .streams,
      help: "Time limit for connecting; default: 10"),
    OptionEntry(
      .remote(.handshakeTimeout), name: "handshake-timeout", value: "SECONDS", over: .tls,
      help: "Time limit for the TLS handshake; default: 10"),
    OptionEntry(
      .remote(.userTimeout), name: "user-timeout", value: "SECONDS", over: .streams,
      help: "Give up when nothing is acknowledged for so long; default: 30"),
    OptionEntry(
      .remote(.keepalive), name: "keepalive", value: "SECONDS", over: .streams,
      help: "Probe a connection that was idle for so long; default: 30"),
    OptionEntry(
      .remote(.failover), name: "failover", over: .streams, of: .failover,
      help: """
        Take over while the remote before this one does not work; both share
        the queue of that one
        """),
  ]
}
