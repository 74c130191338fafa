import Bytes

/// The text of `--help`.
enum ToolUsage {
  static let text: Literal = """
    Usage: syslog-tls COMMAND [OPTIONS]

    Makes and shows keys and certificates for TLS forwarding by syslogd.

      keygen --cert FILE --key FILE [--name NAME].. [--days N] [--rsa]
                     Make a key (P-256, or 3072-bit RSA) and a self-signed certificate
                     for each NAME, which may be an address (default: the host name of
                     this machine), valid for N days (default: 3650). Existing files
                     are never overwritten. Prints the certificate's fingerprints
      fingerprint FILE
                     Print the fingerprints of each certificate in a PEM file
      pin FILE       Print sha256//BASE64 of each certificate's public key and of each
                     public key in a PEM file
      fetch HOST[:PORT] [--out FILE]
                     Print the certificate chain of a server in PEM, or save it in FILE;
                     default port: 6514. Nothing is authenticated
      --version      Print the versions of this program and its TLS library
      --help         Print this text

    """
}
