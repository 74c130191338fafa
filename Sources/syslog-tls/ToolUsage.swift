/// The text of `--help`.
enum ToolUsage {
  static let text: StaticString = """
    Usage: syslog-tls COMMAND [OPTIONS]

    Makes and shows the keys and certificates that syslogd needs for TLS.

      keygen --cert FILE --key FILE [--name NAME].. [--days N] [--rsa]
                     Make a key and a self-signed certificate, for this machine's name
                     or for each NAME, which may be an address; valid for N days
                     (default: 3650); P-256, or RSA of 3072 bits. Files that are there
                     already stay as they are. Prints the certificate's fingerprints
      fingerprint FILE
                     Print the fingerprints of each certificate in a PEM file
      pin FILE       Print sha256//BASE64 of each certificate's public key and of each
                     public key in a PEM file
      fetch HOST[:PORT] [--out FILE]
                     Print the certificates that a server shows, in PEM, or save them;
                     default port: 6514. Nothing is authenticated
      --version      Program, TLS library and its version
      --help         This text

    """
}
