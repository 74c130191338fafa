import Foundation

/// A program that must behave as BusyBox's syslogd does, or that one itself.
enum Contender: String, CaseIterable {
  /// BusyBox with every feature, from `Scripts/busybox-oracle`.
  case oracle
  case openssl
  case none

  /// The command that its options are appended to.
  func command() throws -> [String] {
    switch self {
    case .oracle: [try Contender.busyBox(), "syslogd"]
    case .openssl: [try Programs.embedded(.openssl)]
    case .none: [try Programs.withoutTLS()]
    }
  }

  /// The BusyBox binary; `BUSYBOX_ORACLE` names another.
  static func busyBox() throws -> String { try built.get() }

  private static let built = Result<String, Failure> { () throws(Failure) in
    if let path = ProcessInfo.processInfo.environment["BUSYBOX_ORACLE"] { return path }
    do {
      let workspace = Workspace()
      let script = "\(Programs.packageRoot)/Scripts/busybox-oracle"
      let child = try Child([script], in: workspace, name: "oracle")
      guard try child.wait(within: 300) == .exit(0) else { throw Failure(child.errors) }
      return child.output.trimmingCharacters(in: .whitespacesAndNewlines)
    } catch {
      throw Failure("there is no BusyBox to compare with: \(error)")
    }
  }
}
