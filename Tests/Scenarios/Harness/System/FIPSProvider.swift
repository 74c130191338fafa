import Foundation
import Testing

/// A real FIPS provider of OpenSSL, in a state that Scripts/fips-provider has prepared.
enum FIPSProvider: String, CaseIterable, CustomTestStringConvertible {
  case active, unconfigured, tampered, absent

  /// Those in which nothing may go over TLS.
  static let broken: [FIPSProvider] = [.unconfigured, .tampered, .absent]

  var testDescription: String { rawValue }

  /// The command that runs another one, in its own place, on a machine whose OpenSSL is so.
  func wrapper() throws -> [String] {
    try FIPSProvider.wrapper(configuration: configuration(), modules: folder() + "/ossl-modules")
  }

  /// Likewise, with a folder of a test's own for the module.
  static func wrapper(configuration: String, modules: String) throws -> [String] {
    [try Programs.tool("env"), "OPENSSL_CONF=\(configuration)", "OPENSSL_MODULES=\(modules)"]
  }

  func configuration() throws -> String { try folder() + "/openssl.cnf" }
  func module() throws -> String { try folder() + "/ossl-modules/fips.so" }

  private func folder() throws -> String { "\(try FIPSProvider.prepared.get())/\(rawValue)" }

  private static let prepared = Result {
    let workspace = Workspace()
    let script = try Child(
      ["\(Programs.packageRoot)/Scripts/fips-provider"], in: workspace, name: "fips-provider")
    guard try script.wait(within: 240) == .exit(0) else { throw Failure(script.everything) }
    return script.output.trimmingCharacters(in: .whitespacesAndNewlines)
  }
}
