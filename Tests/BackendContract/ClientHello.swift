import COpenSSL

/// The ClientHello as the server received it.
public struct ClientHello {
  /// Extension types by IANA number, in order, and their content.
  let extensions: [(type: UInt32, content: [UInt8])]
  let cipherSuites: [UInt16]
  let compressionMethods: [UInt8]

  /// To be called inside OpenSSL's client hello callback.
  init(of session: OpaquePointer?) {
    var types: UnsafeMutablePointer<Int32>?
    var count = 0
    SSL_client_hello_get1_extensions_present(session, &types, &count)
    extensions = (0..<count).compactMap { index in
      guard let type = types?[index] else { return nil }
      var content: UnsafePointer<UInt8>?
      var length = 0
      SSL_client_hello_get0_ext(session, UInt32(type), &content, &length)
      return (UInt32(type), Array(UnsafeBufferPointer(start: content, count: length)))
    }
    copenssl_clear_free(types, 0)
    var bytes: UnsafePointer<UInt8>?
    var length = SSL_client_hello_get0_ciphers(session, &bytes)
    cipherSuites = ClientHello.words(Array(UnsafeBufferPointer(start: bytes, count: length)))
    length = SSL_client_hello_get0_compression_methods(session, &bytes)
    compressionMethods = Array(UnsafeBufferPointer(start: bytes, count: length))
  }

  func content(of type: UInt32) -> [UInt8]? {
    extensions.first { $0.type == type }?.content
  }

  /// The 16-bit list behind a two-byte length, as signature_algorithms and supported_groups are.
  func list(in type: UInt32) -> [UInt16] {
    ClientHello.words(Array(content(of: type)?.dropFirst(2) ?? []))
  }

  private static func words(_ bytes: [UInt8]) -> [UInt16] {
    stride(from: 0, to: bytes.count - 1, by: 2).map {
      UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1])
    }
  }
}
