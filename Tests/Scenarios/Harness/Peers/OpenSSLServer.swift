import Foundation

/// `openssl s_server`: the peer that says what went over the wire, and takes any restriction.
final class OpenSSLServer {
  /// What its standard output holds.
  enum Report {
    /// The decrypted bytes and nothing else.
    case bytes
    /// What was negotiated, the bytes, and how the connection ended.
    case session
  }

  let port: Int
  let process: Child

  init(
    _ identity: Identity, in workspace: Workspace, host: String = "127.0.0.1", port: Int? = nil,
    report: Report = .bytes, _ restrictions: [String] = [], wrapper: [String] = [],
    name: String = "s_server"
  ) throws {
    let port = try port ?? FreePort.next()
    self.port = port
    let address = host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    let process = try Child(
      wrapper + [
        "openssl", "s_server", "-accept", address, "-cert", identity.certificate, "-key",
        identity.key,
      ] + (report == .bytes ? ["-quiet"] : []) + restrictions, in: workspace, name: name,
      input: .held)
    self.process = process
    try eventually("s_server listens at \(port)\n\(process.everything)") {
      Listening.ports(of: process.pid).contains(port)
    }
  }

  /// The decrypted bytes so far.
  var received: [UInt8] { process.outputBytes }

  /// Waits until the decrypted bytes contain `text`.
  func wait(for text: String, within deadline: Double = 15) throws {
    try eventually("'\(text)' at s_server\n\(process.everything)", within: deadline) {
      process.output.contains(text)
    }
  }

  /// The messages in what was received, cut where octet counting says (RFC 5425 §4.3.1).
  func octetFrames() throws -> [[UInt8]] {
    var rest = received[...]
    var frames: [[UInt8]] = []
    while let space = rest.firstIndex(of: 0x20) {
      let digits = String(decoding: rest[..<space], as: UTF8.self)
      guard let length = Int(digits), digits.first != "0", !digits.hasPrefix("+") else {
        throw Failure("'\(digits)' is not MSG-LEN, after \(frames.count) frames")
      }
      guard rest.count > digits.utf8.count + length else { break }
      let start = space + 1
      frames.append(Array(rest[start..<start + length]))
      rest = rest[(start + length)...]
    }
    guard rest.isEmpty else { throw Failure("\(rest.count) bytes are left after the frames") }
    return frames
  }
}
