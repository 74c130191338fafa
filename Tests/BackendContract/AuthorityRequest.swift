import COpenSSL

/// What a certificate is to say.
struct AuthorityRequest: Sendable {
  enum Key: Sendable {
    case new(TestIdentity.Kind)
    /// Somebody's who has one already, where making one takes long.
    case of(TestIdentity)

    func make() -> OpaquePointer {
      switch self {
      case .new(let kind): return TestIdentity.makeKey(kind)
      case .of(let identity):
        EVP_PKEY_up_ref(identity.key)
        return identity.key
      }
    }
  }

  enum Digest: Sendable {
    case md5
    case sha1
    case sha256

    /// Ed25519 hashes by itself (RFC 8032 §5.1).
    func function(for key: OpaquePointer) -> OpaquePointer? {
      guard EVP_PKEY_get_base_id(key) != EVP_PKEY_ED25519 else { return nil }
      switch self {
      case .md5: return EVP_md5()
      case .sha1: return EVP_sha1()
      case .sha256: return EVP_sha256()
      }
    }
  }

  var commonName: String?
  var organisation: String? = "Test"
  var extensions: [AuthorityExtension]
  var key = Key.new(.ecdsa(curve: NID_X9_62_prime256v1))
  var validity = Authority.good
  var digest = Digest.sha256
  /// 1, which has no extensions, or 3 (RFC 5280 §4.1.2.1).
  var version = 3
  var serial = Int64.random(in: 1...(.max))

  /// What a certificate of a good server of these names says.
  static func server(
    _ names: AuthorityExtension.Name..., commonName: String = "collector"
  ) -> AuthorityRequest {
    AuthorityRequest(
      commonName: commonName,
      extensions: [
        .notAuthority, .keyUsage([.digitalSignature, .keyEncipherment]),
        .purposes([.serverAuthentication]), .names(names),
      ])
  }

  /// What a certificate of a good client says.
  static func client(_ commonName: String) -> AuthorityRequest {
    AuthorityRequest(
      commonName: commonName,
      extensions: [
        .notAuthority, .keyUsage([.digitalSignature]), .purposes([.clientAuthentication]),
      ])
  }

  /// What a certificate of a good authority says.
  static func authority(
    _ commonName: String, pathLength: UInt8? = nil, _ more: AuthorityExtension...
  ) -> AuthorityRequest {
    AuthorityRequest(
      commonName: commonName,
      extensions: [.authority(pathLength: pathLength), .keyUsage([.certificates, .lists])] + more)
  }

  /// The same with one property changed.
  func with<Value>(
    _ property: WritableKeyPath<AuthorityRequest, Value>, _ value: Value
  ) -> AuthorityRequest {
    var changed = self
    changed[keyPath: property] = value
    return changed
  }
}
