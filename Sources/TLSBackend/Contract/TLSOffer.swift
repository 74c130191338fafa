internal import Bytes
internal import Features

/// What a ClientHello offers: a remote's parameters after they were held against what the library
/// can do, with every default filled in.
///
/// One check for every backend, so that the same option is refused in the same words.
public final class TLSOffer: Sendable {
  public let serverName: [UInt8]?
  /// The lowest version that has a suite to speak it with.
  public let lowestVersion: TLSVersion
  /// The highest version that has a suite to speak it with. Never a ceiling of ours (U3): either
  /// the library's, or what the list of suites means.
  public let highestVersion: TLSVersion
  public let cipherSuites: [TLSCipherSuite]
  public let groups: [TLSGroup]
  /// The kinds of key that the server may have.
  let keys: Literal

  /// Throws `.configuration` naming the parameter and the library that cannot honour it.
  public init(
    _ parameters: TLSParameters, by capabilities: TLSCapabilities
  ) throws(TLSError) {
    keys = capabilities.keys
    serverName = try TLSOffer.checked(parameters.serverName)
    let minimumVersion = parameters.minimumVersion
    guard minimumVersion <= capabilities.highestVersion else {
      throw TLSError(
        .configuration, .notSupported(minimumVersion.name, by: capabilities.name),
        about: .minimumVersion)
    }
    let suites = try TLSOffer.suites(parameters, by: capabilities)
    guard var lowest = suites.first?.version else {
      throw TLSError(
        .configuration, .noSuiteLeft(from: minimumVersion), about: .cipherSuites)
    }
    var highest = lowest
    for suite in suites {
      if suite.version < lowest { lowest = suite.version }
      if suite.version > highest { highest = suite.version }
    }
    (lowestVersion, highestVersion, cipherSuites) = (lowest, highest, suites)
    groups = try TLSOffer.groups(parameters, by: capabilities, upTo: highest)
  }

  /// RFC 1035 §2.3.4: a name has at most 255 octets. Found out now rather than at a connection.
  private static func checked(_ name: [UInt8]?) throws(TLSError) -> [UInt8]? {
    guard let name else { return nil }
    guard (1...255).contains(name.count), !name.contains(0) else {
      throw TLSError(.configuration, .badServerName, about: .serverName)
    }
    return name
  }

  private static func suites(
    _ parameters: TLSParameters, by capabilities: TLSCapabilities
  ) throws(TLSError) -> [TLSCipherSuite] {
    var suites: [TLSCipherSuite] = []
    let asked = Feature.tlsChoices.isBuilt ? parameters.cipherSuites : nil
    for suite in asked ?? TLSCipherSuite.recommended {
      let isKnown = try isOffered(
        suite.name, suite.rawValue, isApproved: !isFIPS(parameters) || suite.isApproved,
        isKnown: capabilities.cipherSuites.contains(suite)
          && suite.version <= capabilities.highestVersion,
        isAsked: asked != nil, by: capabilities, about: .cipherSuites)
      if isKnown, suite.version >= parameters.minimumVersion, !suites.contains(suite) {
        suites.append(suite)
      }
    }
    return suites
  }

  private static func groups(
    _ parameters: TLSParameters, by capabilities: TLSCapabilities, upTo version: TLSVersion
  ) throws(TLSError) -> [TLSGroup] {
    var groups: [TLSGroup] = []
    let isFIPS = isFIPS(parameters)
    let asked = Feature.tlsChoices.isBuilt ? parameters.groups : nil
    for group in asked ?? (isFIPS ? TLSGroup.approved : TLSGroup.recommended) {
      let isKnown = try isOffered(
        group.name, group.rawValue, isApproved: !isFIPS || TLSGroup.approved.contains(group),
        isKnown: capabilities.groups.contains(group), isAsked: asked != nil,
        by: capabilities, about: .groups)
      if isKnown, !group.needsTLS13 || version >= .tls13, !groups.contains(group) {
        groups.append(group)
      }
    }
    guard !groups.isEmpty else {
      throw TLSError(.configuration, .noGroupLeft, about: .groups)
    }
    return groups
  }

  private static func isFIPS(_ parameters: TLSParameters) -> Bool {
    Feature.fipsMode.isBuilt && parameters.requiresFIPS
  }

  /// Of a list that nobody asked for, leaves out what cannot be; otherwise throws why it cannot.
  @inline(never)
  private static func isOffered(
    _ name: Literal, _ number: UInt16, isApproved: Bool, isKnown: Bool, isAsked: Bool,
    by capabilities: TLSCapabilities, about parameter: TLSParameter
  ) throws(TLSError) -> Bool {
    let isForbidden = capabilities.forbidden.contains(number)
    let isOffered = isApproved && isKnown && !isForbidden
    if isOffered || !isAsked { return isOffered }
    throw TLSError(
      .configuration,
      !isApproved
        ? .notApproved(name)
        : isForbidden
          ? .forbiddenBySystem(name, capabilities.name)
          : .notSupported(name, by: capabilities.name),
      about: parameter)
  }
}
