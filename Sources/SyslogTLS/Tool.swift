import Bytes
import CPosix
import SelectedBackend
import SyslogIO
import TLSBackend

/// Runs `syslog-tls`, for its own program and for one that is also syslogd. Returns the exit status.
public func syslogTLS(
  _ count: Int32, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
) -> Int32 {
  unsafe Tool<SelectedBackend>.main(count, arguments)
}

/// Whether a program was called by the name of `syslog-tls`, whatever the folder.
public func isCalledSyslogTLS(
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
) -> Bool {
  guard let path = unsafe arguments[0] else { return false }
  let bytes = unsafe Text(cString: path).bytes
  let begin = bytes.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0
  return Text(bytes[begin...]) == "syslog-tls"
}

/// The program, generic over the TLS library that it was built with.
enum Tool<TLS: TLSBackend & TLSKeyMaker & ~Copyable> {
  /// Returns the exit status.
  static func main(
    _ count: Int32, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
  ) -> Int32 {
    cposix_open_standard()
    do throws(TLSError) {
      let options = try unsafe ToolOptions.parse(count, arguments)
      switch options.command {
      case .help: say("\(ToolUsage.text)", to: STDOUT_FILENO)
      case .version:
        say("syslog-tls \(ProgramVersion.words(TLS.capabilities))\n", to: STDOUT_FILENO)
      case .keygen(let request): try keygen(request)
      case .fingerprint(let path): try fingerprint(path)
      case .pin(let path): try pin(path)
      case .fetch(let remote, let path): try fetch(remote, into: path)
      }
      return 0
    } catch {
      say("syslog-tls: \(error.description.escaped)\n", to: STDERR_FILENO)
      return 1
    }
  }

  static func say(_ text: Text, to descriptor: Int32) {
    _ = writeFully(text.bytes.span, to: descriptor)
  }

  static func context() throws(TLSError) -> TLS.Context {
    var parameters = TLSParameters()
    parameters.requiresFIPS = alwaysRequiresFIPS
    return try TLS.Context(parameters)
  }
}

// MARK: What a file holds

extension Tool where TLS: ~Copyable {
  /// The fingerprints of each certificate in a file (RFC 5425 §4.2.2, T9 to T11).
  private static func fingerprint(_ path: Text) throws(TLSError) {
    let context = try context()
    for block in try blocks(in: path) where block.label == "CERTIFICATE" {
      say(fingerprints(of: try summary(block, path, context)), to: STDOUT_FILENO)
    }
  }

  /// The pin of each certificate and of each public key in a file (RFC 7469 §2.4).
  private static func pin(_ path: Text) throws(TLSError) {
    let context = try context()
    for block in try blocks(in: path) {
      let digest: SHA256Digest
      if block.label == "CERTIFICATE" {
        digest = try summary(block, path, context).spkiFingerprint
      } else {
        do throws(TLSError) {
          digest = try context.spkiFingerprint(ofPublicKey: block.der.span)
        } catch {
          throw TLSError(error.kind, .about(path, error.reason))
        }
      }
      say("\(PinSpelling.spki(digest))\n", to: STDOUT_FILENO)
    }
  }

  static func fingerprints(of certificate: CertificateSummary) -> Text {
    var text: Text = "\(PinSpelling.certificate(certificate.fingerprint))\n"
    let sha1 = certificate.sha1Fingerprint
    if !sha1.isEmpty {
      text += PinSpelling.certificate("sha-1", sha1.span) + "\n"
    }
    return text
  }

  private static func summary(
    _ block: PEMReader.Block, _ path: Text, _ context: TLS.Context
  ) throws(TLSError) -> CertificateSummary {
    do throws(TLSError) {
      return try context.certificate(block.der.span)
    } catch {
      throw TLSError(error.kind, .about(path, error.reason))
    }
  }

  /// The certificates and public keys in a file; at least one.
  private static func blocks(in path: Text) throws(TLSError) -> [PEMReader.Block] {
    let text: [UInt8]
    do throws(Errno) {
      text = try readFile(path, limit: 1024 * 1024)
    } catch {
      throw TLSError(.configuration, .failed(path, error.description))
    }
    var blocks: [PEMReader.Block] = []
    do throws(TLSError) {
      var reader = PEMReader(text.span)
      while let block = try reader.next(text.span) {
        if block.label == "CERTIFICATE" || block.label == "PUBLIC KEY" { blocks.append(block) }
      }
    } catch {
      throw TLSError(error.kind, .about(path, error.reason))
    }
    guard !blocks.isEmpty else {
      throw TLSError(.configuration, .nothingToPin(path))
    }
    return blocks
  }
}

// MARK: What a server shows

extension Tool where TLS: ~Copyable {
  /// Saves the chain that a server shows (RFC 5425 §4.2.1, T8). Remarks go to standard error, so
  /// that the output can be a file.
  private static func fetch(_ remote: RemoteSettings, into path: Text?) throws(TLSError) {
    remote.trust.tls.requiresFIPS = alwaysRequiresFIPS
    // Before the connection: whoever waited for it is not to be told then that there is no room.
    var file: NewFile?
    if let path { file = try NewFile(path, mode: 0o644) }
    let certificates: [CertificateSummary]
    do throws(TLSError) {
      certificates = try RemoteProbe<TLS>.certificates(
        of: remote, remarks: CheckReport { say($0, to: STDERR_FILENO) })
    } catch {
      throw TLSError(error.kind, .about(remote.name, error.reason))
    }
    var text: Text = ""
    for certificate in certificates {
      let der = certificate.der
      text += PEM.encode("CERTIFICATE", der.span)
    }
    if file == nil { say(text, to: STDOUT_FILENO) }
    try file?.write(text)
    file?.keep()
    guard let leaf = certificates.first else { return }
    let advice = Sentence.unauthenticated(
      fingerprints: fingerprints(of: leaf), pin: PinSpelling.spki(leaf.spkiFingerprint))
    say(advice.text, to: STDERR_FILENO)
  }
}
