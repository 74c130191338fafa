import Bytes
import CPosix
import SyslogIO
import TLSBackend

/// What `keygen` is asked for.
struct KeygenRequest {
  let certificatePath: Text
  let keyPath: Text
  /// Names and addresses that the certificate is to be for; this machine's name when it is empty.
  let names: [PeerName]
  let days: Int
  let kind: IdentityRequest.Kind
}

extension Tool where TLS: ~Copyable {
  /// Makes a key and a self-signed certificate for it (RFC 5425 §4.2.1, T7), and says the
  /// certificate's fingerprints (T9).
  static func keygen(_ request: KeygenRequest) throws(TLSError) {
    let identity = try identity(for: request)
    let context = try context()
    // Both or none: the one that was made is removed when the other cannot be.
    var key = try NewFile(request.keyPath, mode: 0o600)
    var certificate = try NewFile(request.certificatePath, mode: 0o644)
    let new = try TLS.makeIdentity(identity)
    try key.write(PEM.encode(new.keyLabel, new.key.span))
    try certificate.write(PEM.encode("CERTIFICATE", new.certificate.span))
    let summary = try context.certificate(new.certificate.span)
    key.keep()
    certificate.keep()
    say(fingerprints(of: summary), to: STDOUT_FILENO)
  }

  private static func identity(for request: KeygenRequest) throws(TLSError) -> IdentityRequest {
    var names = request.names
    if names.isEmpty { names = [try machineName()] }
    var time = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &time)
    // It was not before this program was built, whatever a router's clock says at boot. The peer's
    // may be behind by an hour.
    let now = max(Int64(time.tv_sec), CPOSIX_BUILT_AT) - 3600
    let commonName = Text((names.first?.words ?? "syslog").bytes.prefix(64))
    var identity = IdentityRequest(
      commonName: commonName, notBefore: now,
      notAfter: now + Int64(request.days) * 86_400)
    identity.kind = request.kind
    for name in names {
      switch name {
      case .dns(let bytes): identity.dnsNames.append(bytes)
      case .address(let bytes): identity.addresses.append(bytes)
      }
    }
    return identity
  }

  private static func machineName() throws(TLSError) -> PeerName {
    var system = utsname()
    let result = unsafe uname(&system)
    // POSIX gives the name with a NUL, in an array that Swift takes for a tuple.
    let bytes = unsafe withUnsafeBytes(of: &system.nodename) { name in
      unsafe Array(name.prefix { $0 != 0 })
    }
    guard result == 0, let found = PeerName(host: bytes.span) else {
      throw TLSError(.configuration, .noMachineName)
    }
    return found
  }
}
