import Bytes
import COpenSSL
import TLSBackend

/// What a library that knows no key update does instead (C13): it ends the connection with a
/// sentence of the backend, and tells the server, so that the next connection can begin.
public func promiseUnreadableKeyUpdateTold<TLS: TLSBackend & ~Copyable>(
  _: TLS.Type, _ sentence: Sentence
) throws {
  guard TLS.capabilities.highestVersion >= .tls13 else { return }
  var meeting = try Meeting<TLS>(server: .only(TLS1_3_VERSION))
  _ = try meeting.handshake()
  try meeting.drain()
  try meeting.send([1, 2, 3])
  try meeting.server.updateKeys()
  try meeting.exchange()
  let error = try meeting.error { "\(try $0.drain())" }
  try expectError(error, .failed(.reading, sentence.text))
  try meeting.exchange()
  try expectEqual(meeting.server.plaintext, [1, 2, 3], "plaintext")
  // unexpected_message (RFC 8446 §6.2).
  try expectEqual(meeting.server.alerts, [10], "alerts that the server received")
}
