import Foundation

/// `gnutls-serv` as an echo server: the only way in which it shows what it was sent.
///
/// It says on standard error what it received since it last did, as soon as that holds an LF. What
/// it echoes is drained by syslogd. A NUL, and a CR before an LF, would not be shown.
final class GnuTLSServer {
  let port: Int
  let process: Child

  /// `priority` is GnuTLS's own string, to restrict what it accepts.
  init(
    _ identity: Identity, in workspace: Workspace, priority: String = "NORMAL",
    name: String = "gnutls-serv"
  ) throws {
    let port = try FreePort.next()
    self.port = port
    let process = try Child(
      [
        "gnutls-serv", "--echo", "--disable-client-cert", "--priority", priority, "--port",
        "\(port)", "--x509certfile", identity.certificate, "--x509keyfile", identity.key,
      ], in: workspace, name: name)
    self.process = process
    try eventually("gnutls-serv listens at \(port)\n\(process.everything)") {
      Listening.ports(of: process.pid).contains(port)
    }
  }

  /// The decrypted bytes so far, up to what the last LF came with.
  var received: [UInt8] {
    let said = Data(process.errorBytes)
    // It says it twice, the second time with a number of bytes that stops at 128.
    let (opening, ending) = (Data("received cmd: ".utf8), Data("\n*** Processing ".utf8))
    var bytes: [UInt8] = []
    var place = said.startIndex
    while let start = said.range(of: opening, in: place..<said.endIndex),
      let end = said.range(of: ending, in: start.upperBound..<said.endIndex)
    {
      bytes += said[start.upperBound..<end.lowerBound]
      place = end.upperBound
    }
    return bytes
  }
}
