internal import Bytes
internal import CGnuTLS
internal import Features
internal import TLSBackend

/// An offer in GnuTLS's own words, which name key exchanges and ciphers, not suites: what is
/// offered is every combination of them that exists.
struct PriorityList {
  private let offer: TLSOffer
  private var text: Text = "NONE:+COMP-NULL:+CTYPE-X509"
  /// What is in there of suites: each name is one literal.
  private var named: [Literal] = []

  private static let signatures: [Literal] = [
    // Each with its like in TLS 1.2, where the curve and the hash are not tied to each other: side
    // by side they are sent once.
    "ECDSA-SECP256R1-SHA256", "ECDSA-SHA256", "ECDSA-SECP384R1-SHA384", "ECDSA-SHA384",
    "ECDSA-SECP521R1-SHA512", "ECDSA-SHA512", "EdDSA-Ed25519",
    "RSA-PSS-RSAE-SHA256", "RSA-PSS-RSAE-SHA384", "RSA-PSS-RSAE-SHA512",
    "RSA-PSS-SHA256", "RSA-PSS-SHA384", "RSA-PSS-SHA512",
    "RSA-SHA256", "RSA-SHA384", "RSA-SHA512",
  ]

  init(_ offer: TLSOffer) {
    self.offer = offer
    if offer.highestVersion >= .tls13 { add("VERS-TLS1.3") }
    if offer.lowestVersion <= .tls12 { add("VERS-TLS1.2") }
    for suite in offer.cipherSuites {
      addOnce(suite.cipherName)
      addOnce(suite.keyExchangeName)
    }
    add("AEAD")
    if offer.cipherSuites.contains(.rsaWithAES128CBC) { add("SHA1") }
    // One that the system-wide configuration forbids would be offered all the same.
    for signature in PriorityList.signatures
    where unsafe cgnutls_is_signature_secure(signature.cString) == 1 {
      add("SIGN-", signature)
    }
    for group in offer.groups { add("GROUP-", group.gnutlsName) }
    // A server without RFC 5746 is refused (C6).
    text += ":%SAFE_RENEGOTIATION"
  }

  @inline(never)
  private mutating func add(_ kind: Literal, _ name: Literal = "") {
    text += ":+"
    text += Text(kind)
    text += Text(name)
  }

  /// In the order in which the suites name them.
  @inline(never)
  private mutating func addOnce(_ name: Literal) {
    guard name.first != 0 else { return }
    for index in named.indices where unsafe named[index].cString == name.cString { return }
    named.append(name)
    add(name)
  }

  /// The numbers of what the system-wide configuration forbids of the offer, but for whole versions.
  var forbidden: [UInt16] {
    var forbidden: [UInt16] = []
    var made: gnutls_priority_t?
    _ = unsafe text.withCString { unsafe gnutls_priority_init(&made, $0, nil) }
    // `priorities` will say why.
    guard let priorities = unsafe made else { return [] }
    let offered = unsafe suites(priorities)
    for suite in offer.cipherSuites
    where unsafe !offered.contains(suite.rawValue) && has(suite.version, priorities) {
      forbidden.append(suite.rawValue)
    }
    for group in offer.groups where unsafe !has(group, priorities) {
      forbidden.append(group.rawValue)
    }
    unsafe gnutls_priority_deinit(priorities)
    return forbidden
  }

  /// What the library makes of it, to be freed by the caller. Throws `.configuration` when that is
  /// not the offer, to the last item and in its order.
  func priorities() throws(TLSError) -> gnutls_priority_t {
    var made: gnutls_priority_t?
    let result = unsafe text.withCString { unsafe gnutls_priority_init(&made, $0, nil) }
    let library = GnuTLSBackend.capabilities.name
    guard result == GNUTLS_E_SUCCESS, let priorities = unsafe made else {
      throw TLSError(
        .configuration, .refusedOffer(by: library, ErrorMapping.words(for: result)),
        about: .cipherSuites)
    }
    do throws(TLSError) {
      try unsafe checkVersions(priorities)
      try unsafe checkSuites(priorities, library)
    } catch {
      unsafe gnutls_priority_deinit(priorities)
      throw error
    }
    return unsafe priorities
  }
}

// MARK: What would be offered

extension PriorityList {
  /// The suites that the library would offer in the versions offered.
  private func suites(_ priorities: gnutls_priority_t) -> [UInt16] {
    var suites: [UInt16] = []
    var place: UInt32 = 0
    while true {
      var index: UInt32 = 0
      let result = unsafe gnutls_priority_get_cipher_suite_index(priorities, place, &index)
      if result == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE { return suites }
      place += 1
      let number = UInt16(truncatingIfNeeded: cgnutls_suite_number(index))
      guard result == GNUTLS_E_SUCCESS, number > 0 else { continue }
      // Its suites for TLS 1.3 stand in the list without that version, too, and are not sent.
      let version: TLSVersion = number >> 8 == 0x13 ? .tls13 : .tls12
      if version >= offer.lowestVersion, version <= offer.highestVersion { suites.append(number) }
    }
  }

  private func checkSuites(
    _ priorities: gnutls_priority_t, _ library: Text
  ) throws(TLSError) {
    let offered = unsafe suites(priorities)
    var asked: [UInt16] = []
    for suite in offer.cipherSuites { asked.append(suite.rawValue) }
    for number in offered where !asked.contains(number) {
      throw TLSError(.configuration, .notWithout(number, library), about: .cipherSuites)
    }
    // Our own list has the order that the library was tried with.
    guard Feature.tlsChoices.isBuilt else { return }
    for isTLS13 in [true, false] {
      let inOrder = PriorityList.part(of: offered, isTLS13)
      guard PriorityList.part(of: asked, isTLS13) != inOrder else { continue }
      throw TLSError(.configuration, .wrongOrder(inOrder, library), about: .cipherSuites)
    }
  }

  @inline(never)
  private static func part(of numbers: [UInt16], _ isTLS13: Bool) -> [UInt16] {
    var part: [UInt16] = []
    for number in numbers where (number >> 8 == 0x13) == isTLS13 { part.append(number) }
    return part
  }

  private func checkVersions(_ priorities: gnutls_priority_t) throws(TLSError) {
    for version in [offer.lowestVersion, offer.highestVersion] {
      guard unsafe has(version, priorities) else {
        throw TLSError(
          .configuration, .forbiddenBySystem(version.name, GnuTLSBackend.capabilities.name),
          about: .tls)
      }
    }
  }

  private func has(_ version: TLSVersion, _ priorities: gnutls_priority_t) -> Bool {
    var list: UnsafePointer<UInt32>?
    let count = unsafe gnutls_priority_protocol_list(priorities, &list)
    let number = version == .tls13 ? GNUTLS_TLS1_3.rawValue : GNUTLS_TLS1_2.rawValue
    return unsafe PriorityList.contains(number, list, count)
  }

  private func has(_ group: TLSGroup, _ priorities: gnutls_priority_t) -> Bool {
    var list: UnsafePointer<UInt32>?
    let count = unsafe gnutls_priority_group_list(priorities, &list)
    return unsafe PriorityList.contains(cgnutls_group(group.gnutlsName.cString), list, count)
  }

  @inline(never)
  private static func contains(
    _ number: UInt32, _ list: UnsafePointer<UInt32>?, _ count: Int32
  ) -> Bool {
    unsafe UnsafeBufferPointer(start: list, count: Int(max(count, 0))).contains(number)
  }
}
