import Foundation

/// Where the program under test and its peers are.
enum Programs {
  /// The folder that holds Package.swift.
  static let packageRoot: String = {
    let file = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
    return (0..<5).reduce(file) { url, _ in url.deletingLastPathComponent() }.path
  }()

  /// The Embedded build with a TLS library; `SYSLOGD_BIN`, `SYSLOGD_GNUTLS_BIN` and
  /// `SYSLOGD_MBEDTLS_BIN` name others.
  static func embedded(_ backend: Backend) throws -> String {
    try program(
      from: "SYSLOGD\(infix(backend))_BIN", or: "build/\(backend.rawValue)/syslogd",
      hint: "run make BACKEND=\(backend.rawValue) first")
  }

  /// The build with OpenSSL that connects nowhere without a FIPS module; `SYSLOGD_FIPS_BIN` names
  /// another.
  static func alwaysFIPS() throws -> String {
    try program(
      from: "SYSLOGD_FIPS_BIN", or: "build/openssl-fips/syslogd",
      hint: "run make BACKEND=openssl FIPS=1 first")
  }

  /// The build with a TLS library as ordinary Swift, linked statically; `SYSLOGD_STATIC_BIN`,
  /// `SYSLOGD_GNUTLS_STATIC_BIN` and `SYSLOGD_MBEDTLS_STATIC_BIN` name others.
  static func ordinary(_ backend: Backend) throws -> String {
    try program(
      from: "SYSLOGD\(infix(backend))_STATIC_BIN", or: "build/\(backend.rawValue)-static/syslogd",
      hint: "run make STATIC_STDLIB=1 BACKEND=\(backend.rawValue) first")
  }

  /// The build with OpenSSL.
  static func withTLS() throws -> String { try embedded(.openssl) }

  /// The build without TLS; `SYSLOGD_NONE_BIN` names another.
  static func withoutTLS() throws -> String {
    try program(
      from: "SYSLOGD_NONE_BIN", or: "build/none/syslogd", hint: "run make first (BACKEND=none)")
  }

  /// The build without TLS as ordinary Swift, linked statically.
  static func ordinaryWithoutTLS() throws -> String {
    try program(
      from: "SYSLOGD_NONE_STATIC_BIN", or: "build/none-static/syslogd",
      hint: "run make STATIC_STDLIB=1 BACKEND=none first")
  }

  /// The build with a TLS library and nothing that a build may leave out (`make SET=seed`).
  static func seed(_ backend: Backend) throws -> String {
    try program(
      from: "SYSLOGD\(infix(backend))_SEED_BIN", or: "build/\(backend.rawValue)-seed/syslogd",
      hint: "run make SET=seed BACKEND=\(backend.rawValue) first")
  }

  /// The smallest build.
  static func seedWithoutTLS() throws -> String {
    try program(
      from: "SYSLOGD_NONE_SEED_BIN", or: "build/none-seed/syslogd",
      hint: "run make SET=seed BACKEND=none first")
  }

  /// syslog-ng, which Scripts/bootstrap unpacks; `SYSLOG_NG` names another.
  static func syslogNG() throws -> String {
    try program(
      from: "SYSLOG_NG", or: "build/peers/bin/syslog-ng", hint: "run Scripts/bootstrap first")
  }

  /// `kcat`, or an `rsyslogd` with the modules of docs/onward, which Scripts/bootstrap unpacks.
  static func peer(_ name: String) throws -> String {
    let path = "\(packageRoot)/build/peers/bin/\(name)"
    guard FileManager.default.isExecutableFile(atPath: path) else {
      throw Failure("there is no \(path): run Scripts/bootstrap first")
    }
    return path
  }

  /// Prometheus's tool, which Scripts/one-program unpacks; `PROMTOOL` names another.
  static func promtool() throws -> String {
    try program(
      from: "PROMTOOL", or: "build/peers/bin/promtool",
      hint: "run Scripts/one-program promtool first")
  }

  /// PYTHONPATH of the parsers that Scripts/bootstrap fetches from PyPI: wheels, which Python can
  /// read as they are.
  static func pythonParsers() throws -> String {
    let folder = "\(packageRoot)/build/peers/parsers"
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    let wheels = names.filter { $0.hasSuffix(".whl") }
    guard !wheels.isEmpty else {
      throw Failure("there is no parser in \(folder): run Scripts/bootstrap first")
    }
    return wheels.map { "\(folder)/\($0)" }.joined(separator: ":")
  }

  /// A tool of the system, sbin folders included.
  static func tool(_ name: String) throws -> String {
    let inherited = ProcessInfo.processInfo.environment["PATH"] ?? ""
    for folder in inherited.split(separator: ":").map(String.init) + ["/usr/sbin", "/sbin"] {
      let path = "\(folder)/\(name)"
      if FileManager.default.isExecutableFile(atPath: path) { return path }
    }
    throw Failure("there is no \(name) in PATH: run Scripts/bootstrap first")
  }

  private static func infix(_ backend: Backend) -> String {
    backend == .openssl ? "" : "_\(backend.rawValue.uppercased())"
  }

  private static func program(
    from variable: String, or relative: String, hint: String
  ) throws -> String {
    let path = ProcessInfo.processInfo.environment[variable] ?? "\(packageRoot)/\(relative)"
    guard FileManager.default.isExecutableFile(atPath: path) else {
      throw Failure("there is no program at \(path): \(hint)")
    }
    return path
  }
}
