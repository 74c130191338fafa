internal import CPosix

extension SocketAddress {
  /// A unix socket's address, nil when it does not fit into 107 bytes. One whose first byte is NUL
  /// is in Linux's abstract namespace (unix(7)).
  init?(unix name: [UInt8]) {
    let start = MemoryLayout<sa_family_t>.size
    guard start + name.count < MemoryLayout<sockaddr_un>.size else { return nil }
    var storage = sockaddr_storage()
    storage.ss_family = sa_family_t(AF_UNIX)
    unsafe withUnsafeMutableBytes(of: &storage) { buffer in
      unsafe buffer[start...].copyBytes(from: name)
    }
    self.init(storage, length: socklen_t(start + name.count))
  }
}
