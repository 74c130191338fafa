import Foundation

/// Where the program under test and its peers are.
enum Programs {
  /// The folder that holds Package.swift.
  static let packageRoot: String = {
    let file = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
    return (0..<4).reduce(file) { url, _ in url.deletingLastPathComponent() }.path
  }()

  /// The build with OpenSSL; `SYSLOGD_BIN` names another.
  static func withTLS() throws -> String {
    try program(from: "SYSLOGD_BIN", or: "build/openssl/syslogd", hint: "run make first")
  }

  /// The build without TLS; `SYSLOGD_NONE_BIN` names another.
  static func withoutTLS() throws -> String {
    try program(
      from: "SYSLOGD_NONE_BIN", or: "build/none/syslogd", hint: "run make first (BACKEND=none)")
  }

  /// The build with OpenSSL as ordinary Swift, linked statically.
  static func ordinaryWithTLS() throws -> String {
    try program(
      from: "SYSLOGD_STATIC_BIN", or: "build/openssl-static/syslogd",
      hint: "run make STATIC_STDLIB=1 first")
  }

  /// The build without TLS as ordinary Swift, linked statically.
  static func ordinaryWithoutTLS() throws -> String {
    try program(
      from: "SYSLOGD_NONE_STATIC_BIN", or: "build/none-static/syslogd",
      hint: "run make STATIC_STDLIB=1 BACKEND=none first")
  }

  /// syslog-ng, which Scripts/bootstrap unpacks; `SYSLOG_NG` names another.
  static func syslogNG() throws -> String {
    try program(
      from: "SYSLOG_NG", or: "build/peers/bin/syslog-ng", hint: "run Scripts/bootstrap first")
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
