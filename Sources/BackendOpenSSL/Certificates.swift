internal import COpenSSL
internal import TLSBackend

// What is read out of DER.
extension LibraryContext {
  /// Nil unless the bytes are one certificate, to the last.
  func certificate(_ der: Span<UInt8>) -> OpaquePointer? {
    unsafe der.withUnsafeBufferPointer { bytes -> OpaquePointer? in
      var certificate = unsafe X509_new_ex(handle, properties)
      var cursor = bytes.baseAddress
      if unsafe d2i_X509(&certificate, &cursor, bytes.count) != nil,
        unsafe cursor == bytes.baseAddress?.advanced(by: bytes.count)
      {
        return unsafe certificate
      }
      unsafe X509_free(certificate)
      return nil
    }
  }

  /// Nil unless the bytes are one public key, to the last.
  func publicKey(_ der: Span<UInt8>) -> OpaquePointer? {
    unsafe der.withUnsafeBufferPointer { bytes -> OpaquePointer? in
      var cursor = bytes.baseAddress
      guard let key = unsafe d2i_PUBKEY_ex(nil, &cursor, bytes.count, handle, properties) else {
        return nil
      }
      if unsafe cursor == bytes.baseAddress?.advanced(by: bytes.count) { return unsafe key }
      unsafe EVP_PKEY_free(key)
      return nil
    }
  }

  /// A key in PKCS#8, PKCS#1 or SEC 1, read where it stands: no copy of ours is made.
  func privateKey(_ der: Span<UInt8>) -> OpaquePointer? {
    unsafe der.withUnsafeBufferPointer { bytes in
      var cursor = bytes.baseAddress
      return unsafe d2i_AutoPrivateKey_ex(nil, &cursor, bytes.count, handle, properties)
    }
  }
}
