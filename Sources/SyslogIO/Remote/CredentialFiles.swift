internal import Bytes
internal import CPosix
internal import Features
internal import TLSBackend

// What a remote's connections are made with, besides pins: files that are looked at before each
// connection, so that a new certificate needs no restart.

/// Reads trust anchors, revocation lists, certificate and key.
enum CredentialFiles {
  /// All certificates that a distribution trusts are a quarter of a megabyte.
  private static let limit = 1024 * 1024

  /// Whether there can be any.
  static var hasFiles: Bool {
    Feature.chains.isBuilt || Feature.clientCertificates.isBuilt
  }

  /// The key in them is to be wiped by who has made a context of them.
  static func parameters<Context: TLSContext>(
    of trust: RemoteSettings.Trust, for _: Context.Type
  ) throws(TLSError) -> TLSParameters {
    var parameters = trust.tls
    guard hasFiles else { return parameters }
    for path in trust.authorities {
      try read(path, .trustAnchors, into: &parameters, Context.self)
    }
    for path in trust.revocationLists {
      try read(path, .revocationLists, into: &parameters, Context.self)
    }
    if let path = trust.certificate {
      try read(path, .certificate, into: &parameters, Context.self)
    }
    if let path = trust.key { try read(path, .key, into: &parameters, Context.self) }
    return parameters
  }

  /// Adds the content of a file, or of each certificate file in a folder.
  @inline(never)
  private static func read<Context: TLSContext>(
    _ path: Text, _ parameter: TLSParameter, into parameters: inout TLSParameters, _: Context.Type
  ) throws(TLSError) {
    for file in try files(path, about: parameter) {
      var bytes: [UInt8]
      do throws(Errno) {
        bytes = try readFile(file, limit: limit)
      } catch {
        throw TLSError(.configuration, .file(file, error), about: parameter)
      }
      // Here, because it may be the key.
      defer { bytes.wipe() }
      do throws(TLSError) {
        let (anchors, lists) = (
          parameters.trustAnchors.count, parameters.revocationLists.count
        )
        switch parameter {
        case .certificate where Feature.clientCertificates.isBuilt:
          try parameters.readCertificates(bytes.span)
        case .key where Feature.clientCertificates.isBuilt:
          try parameters.readPrivateKey(bytes.span)
        case .revocationLists where Feature.chains.isBuilt:
          try parameters.readRevocationLists(bytes.span)
        case _ where Feature.chains.isBuilt: try parameters.readTrustAnchors(bytes.span)
        default: break
        }
        // What is in each file is looked at by itself, so that an error has the file's name.
        try Context.checkTrust(parameters, behind: anchors, lists)
      } catch {
        throw TLSError(error.kind, .file(file, error.reason), about: parameter)
      }
    }
  }

  /// Every file that a context is made from.
  static func all(of trust: RemoteSettings.Trust) throws(TLSError) -> [Text] {
    var all: [Text] = []
    guard hasFiles else { return all }
    for path in trust.authorities { all += try files(path, about: .trustAnchors) }
    for path in trust.revocationLists {
      all += try files(path, about: .revocationLists)
    }
    if let path = trust.certificate { all.append(path) }
    if let path = trust.key { all.append(path) }
    return all
  }

  /// The file itself, or the files in a folder that are called `.pem`, `.crt` or `.cer`.
  private static func files(
    _ path: Text, about parameter: TLSParameter
  ) throws(TLSError) -> [Text] {
    guard let folder = unsafe path.withCString({ unsafe opendir($0) }) else { return [path] }
    defer { unsafe closedir(folder) }
    var files: [Text] = []
    while let entry = unsafe readdir(folder) {
      let name = unsafe Text(cString: cposix_entry_name(entry))
      for ending in [".pem", ".crt", ".cer"] as [Literal]
      where name.bytes.span.ends(with: ending) {
        files.append("\(path)/\(name)")
      }
    }
    guard !files.isEmpty else {
      throw TLSError(.configuration, .noCertificateFiles(in: path), about: parameter)
    }
    return files
  }
}
