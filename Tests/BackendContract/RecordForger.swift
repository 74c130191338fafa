import COpenSSL

/// Encrypts records as a server would whose handshake is complete: what no sane server sends can be
/// sent so.
///
/// For `TestServer.Configuration.forgeable`: AES-128-GCM with SHA-256, no tickets, and nothing else
/// sent by the server itself after the handshake.
struct RecordForger {
  private let isTLS13: Bool
  private let key: [UInt8]
  /// The fixed part of the nonce: 12 bytes in TLS 1.3, 4 in 1.2.
  private let salt: [UInt8]
  private var sequence: UInt64

  init(_ session: OpaquePointer, trafficSecret: [UInt8]) throws {
    isTLS13 = SSL_version(session) == TLS1_3_VERSION
    if isTLS13 {
      try expectEqual(trafficSecret.count, 32, "bytes of the traffic secret")
      key = RecordForger.expand(trafficSecret, "key", 16)
      salt = RecordForger.expand(trafficSecret, "iv", 12)
      sequence = 0
      return
    }
    let block = RecordForger.keyBlock(of: session)
    key = Array(block[16..<32])
    salt = Array(block[36..<40])
    // The server's Finished was the first.
    sequence = 1
  }

  /// The next record with this content of this type.
  mutating func record(_ type: UInt8, _ content: [UInt8]) -> [UInt8] {
    defer { sequence += 1 }
    let counter = bigEndian(sequence, 8)
    guard isTLS13 else {
      let header = counter + [type, 3, 3] + bigEndian(UInt64(content.count), 2)
      let sealed = seal(content, nonce: salt + counter, associated: header)
      return [type, 3, 3] + bigEndian(UInt64(8 + sealed.count), 2) + counter + sealed
    }
    // RFC 8446 §5.2, §5.3: the type stands behind the content.
    var nonce = salt
    for index in 0..<8 { nonce[4 + index] ^= counter[index] }
    let header = [23, 3, 3] + bigEndian(UInt64(content.count + 1 + 16), 2)
    return header + seal(content + [type], nonce: nonce, associated: header)
  }

  private func seal(_ plaintext: [UInt8], nonce: [UInt8], associated: [UInt8]) -> [UInt8] {
    let context = EVP_CIPHER_CTX_new()
    defer { EVP_CIPHER_CTX_free(context) }
    var sealed = [UInt8](repeating: 0, count: plaintext.count)
    var tag = [UInt8](repeating: 0, count: 16)
    var count: Int32 = 0
    EVP_EncryptInit_ex(context, EVP_aes_128_gcm(), nil, key, nonce)
    EVP_EncryptUpdate(context, nil, &count, associated, Int32(associated.count))
    EVP_EncryptUpdate(context, &sealed, &count, plaintext, Int32(plaintext.count))
    EVP_EncryptFinal_ex(context, &tag, &count)
    EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, 16, &tag)
    return sealed + tag
  }
}

// MARK: Key schedules

extension RecordForger {
  /// HKDF-Expand-Label of RFC 8446 §7.1, for at most 32 bytes.
  private static func expand(_ secret: [UInt8], _ label: String, _ count: Int) -> [UInt8] {
    let name = Array("tls13 ".utf8) + Array(label.utf8)
    let info = bigEndian(UInt64(count), 2) + [UInt8(name.count)] + name + [0, 1]
    return Array(hmac(secret, info)[..<count])
  }

  /// The first 64 bytes of RFC 5246 §6.3's key block.
  fileprivate static func keyBlock(of session: OpaquePointer) -> [UInt8] {
    var secret = [UInt8](repeating: 0, count: 48)
    SSL_SESSION_get_master_key(SSL_get_session(session), &secret, secret.count)
    var (client, server) = ([UInt8](repeating: 0, count: 32), [UInt8](repeating: 0, count: 32))
    SSL_get_client_random(session, &client, client.count)
    SSL_get_server_random(session, &server, server.count)
    let seed = Array("key expansion".utf8) + server + client
    let first = hmac(secret, seed)
    return hmac(secret, first + seed) + hmac(secret, hmac(secret, first) + seed)
  }

  private static func hmac(_ key: [UInt8], _ bytes: [UInt8]) -> [UInt8] {
    var code = [UInt8](repeating: 0, count: 32)
    var count = 0
    EVP_Q_mac(
      nil, "HMAC", nil, "SHA256", nil, key, key.count, bytes, bytes.count, &code, code.count,
      &count)
    return code
  }
}

/// Decrypts what the client has sent since a TLS 1.2 handshake with `TestServer.forgeable`: a server
/// of OpenSSL gives up at the first refusal to renegotiate, and sees nothing of what follows.
struct RecordOpener {
  typealias Record = (type: UInt8, content: [UInt8])

  private let key: [UInt8]
  private let salt: [UInt8]
  /// The client's Finished was the first.
  private var sequence: UInt64 = 1

  init(_ session: OpaquePointer) {
    let block = RecordForger.keyBlock(of: session)
    key = Array(block[..<16])
    salt = Array(block[32..<36])
  }

  /// The next whole records of `bytes`, which keeps what is left. Throws at the first that is not
  /// the next one, or that was changed.
  mutating func open(_ bytes: inout [UInt8]) throws -> [Record] {
    var records: [Record] = []
    while bytes.count >= 5 {
      let end = 5 + Int(bytes[3]) << 8 + Int(bytes[4])
      guard bytes.count >= end else { break }
      records.append((bytes[0], try open(bytes[0], bytes[5..<end])))
      bytes.removeFirst(end)
    }
    return records
  }

  private mutating func open(_ type: UInt8, _ sealed: ArraySlice<UInt8>) throws -> [UInt8] {
    try expect(sealed.count >= 24, "a record of \(sealed.count) bytes")
    let nonce = salt + sealed.prefix(8)
    let ciphertext = Array(sealed.dropFirst(8).dropLast(16))
    let header = bigEndian(sequence, 8) + [type, 3, 3] + bigEndian(UInt64(ciphertext.count), 2)
    var tag = Array(sealed.suffix(16))
    var content = [UInt8](repeating: 0, count: ciphertext.count)
    var count: Int32 = 0
    let context = EVP_CIPHER_CTX_new()
    defer { EVP_CIPHER_CTX_free(context) }
    EVP_DecryptInit_ex(context, EVP_aes_128_gcm(), nil, key, nonce)
    EVP_DecryptUpdate(context, nil, &count, header, Int32(header.count))
    EVP_DecryptUpdate(context, &content, &count, ciphertext, Int32(ciphertext.count))
    EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, 16, &tag)
    try expectEqual(EVP_DecryptFinal_ex(context, &tag, &count), 1, "record \(sequence) is whole")
    sequence += 1
    return content
  }
}

/// The low `count` bytes of a number, as TLS writes numbers.
func bigEndian(_ value: UInt64, _ count: Int) -> [UInt8] {
  (0..<count).reversed().map { UInt8(truncatingIfNeeded: value >> UInt64($0 * 8)) }
}

extension TestServer.Configuration {
  /// A server whose records can be made by hand.
  static func forgeable(_ version: Int32) -> TestServer.Configuration {
    var configuration = TestServer.Configuration.only(version)
    configuration.cipherList = "ECDHE-ECDSA-AES128-GCM-SHA256"
    configuration.suites13 = "TLS_AES_128_GCM_SHA256"
    configuration.tickets = 0
    return configuration
  }
}
