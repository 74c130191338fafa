internal import CPosix
internal import TLSBackend

// What a remote's connections are made with, besides pins: files that are looked at before each
// connection, so that a new certificate needs no restart (lesson 15).

/// Tells whether files have changed.
enum FileStamp {
  /// Of each file: when it was written, its size and its number.
  static func of(_ paths: [Text]) -> [Int64] {
    var stamp: [Int64] = []
    for path in paths {
      var status = stat()
      guard unsafe path.withCString({ unsafe stat($0, &status) }) == 0 else {
        stamp.append(-1)
        continue
      }
      stamp.append(Int64(status.st_mtim.tv_sec))
      stamp.append(Int64(status.st_mtim.tv_nsec))
      stamp.append(Int64(status.st_size))
      stamp.append(Int64(truncatingIfNeeded: status.st_ino))
    }
    return stamp
  }

  /// In seconds since 1970; 0 when there is no such file.
  static func modified(_ path: Text) -> Int64 {
    var status = stat()
    guard unsafe path.withCString({ unsafe stat($0, &status) }) == 0 else { return 0 }
    return Int64(status.st_mtim.tv_sec)
  }
}

/// Reads trust anchors, revocation lists, certificate and key.
enum CredentialFiles {
  /// All certificates that a distribution trusts are a quarter of a megabyte.
  private static let limit = 1024 * 1024

  static func parameters(of settings: RemoteSettings) throws(TLSError) -> TLSParameters {
    var parameters = settings.tls
    for path in settings.authorities {
      try read("--ca", path) { bytes throws(TLSError) in
        try parameters.readTrustAnchors(bytes.span)
      }
    }
    for path in settings.revocationLists {
      try read("--crl", path) { bytes throws(TLSError) in
        try parameters.readRevocationLists(bytes.span)
      }
    }
    if let path = settings.certificate {
      try read("--cert", path) { bytes throws(TLSError) in
        try parameters.readCertificates(bytes.span)
      }
    }
    if let path = settings.key {
      try read("--key", path) { bytes throws(TLSError) in
        try parameters.readPrivateKey(bytes.span)
      }
    }
    return parameters
  }

  /// Hands over the content of a file, or of each certificate file in a folder.
  @inline(never)
  private static func read(
    _ option: StaticString, _ path: Text, _ body: ([UInt8]) throws(TLSError) -> Void
  ) throws(TLSError) {
    for file in try files(option, path) {
      let bytes: [UInt8]
      do throws(Errno) {
        bytes = try readFile(file, limit: limit)
      } catch {
        throw TLSError(.configuration, "\(option) \(file): \(error.words)")
      }
      do throws(TLSError) {
        try body(bytes)
      } catch {
        throw TLSError(error.kind, "\(option) \(file): \(error.reason)")
      }
    }
  }

  /// Every file that a context is made from.
  static func all(of settings: RemoteSettings) throws(TLSError) -> [Text] {
    var all: [Text] = []
    for path in settings.authorities { all += try files("--ca", path) }
    for path in settings.revocationLists { all += try files("--crl", path) }
    if let path = settings.certificate { all.append(path) }
    if let path = settings.key { all.append(path) }
    return all
  }

  /// The file itself, or the files in a folder that are called `.pem`, `.crt` or `.cer`.
  private static func files(
    _ option: StaticString, _ path: Text
  ) throws(TLSError) -> [Text] {
    guard let folder = unsafe path.withCString({ unsafe opendir($0) }) else { return [path] }
    defer { unsafe closedir(folder) }
    var files: [Text] = []
    while let entry = unsafe readdir(folder) {
      let name = unsafe Text(cString: cposix_entry_name(entry))
      for ending in [".pem", ".crt", ".cer"] as [StaticString] where name.ends(with: ending) {
        files.append("\(path)/\(name)")
      }
    }
    guard !files.isEmpty else {
      throw TLSError(.configuration, "\(option) \(path): the folder has no .pem, .crt or .cer file")
    }
    return files
  }
}

extension Text {
  fileprivate func ends(with ending: StaticString) -> Bool {
    let count = ending.utf8CodeUnitCount
    guard bytes.count > count else { return false }
    return ending.withUTF8Buffer { buffer in
      for index in 0..<count where unsafe bytes[bytes.count - count + index] != buffer[index] {
        return false
      }
      return true
    }
  }
}

/// The system's clock, which says what time the kernel believes it is.
enum SystemClock {
  /// Seconds since 1970.
  static var seconds: Int64 {
    var time = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec)
  }
}
