import Bytes
import CPosix

@testable import SyslogCore
@testable import SyslogIO
@testable import TLSBackend

private let certificate = CertificateSummary(
  der: [], subject: "«subject»", issuer: "«issuer»", notBefore: 1_795_478_400,
  notAfter: 1_795_478_400, key: CertificateSummary.Key(kind: "RSA", bits: 7, strength: 7),
  isAuthority: false, pathLimit: -1, dnsNames: [Array("other.example".utf8)], addresses: [],
  spkiFingerprint: digest, fingerprint: digest, sha1Fingerprint: [])
private let digest: SHA256Digest = SHA256Digest([UInt8](repeating: 0, count: 32).span)!
private var lost: LossPeriod {
  let lost = LossPeriod()
  lost.add(7, at: 1_795_478_400)
  return lost
}
private let address: SocketAddress = SocketAddress(literal: "192.0.2.1", port: 7)!
private var counters: Sentence {
  let sender = TransportSender(
    queueCapacity: 7, backoff: Backoff(minimum: .seconds(1), maximum: .seconds(7)),
    limits: TransportSender.Limits(connect: .seconds(7), handshake: .seconds(7)))
  return .counters(of: sender)
}

/// A sample of each sentence of SyslogIO, by the name of its function. Arguments are in guillemets, or 7.
let samplesOfSyslogIO: [(name: String, sentence: Sentence)] = [
  ("verdict ok", .verdict("«remote»", nil)),
  ("verdict failed", .verdict("«remote»", TLSError(.library, Sentence(joined: "«reason»")))),
  ("resolved", .resolved("«host»", [address])),
  ("connected address", .connected(to: "«address»", port: 7)),
  ("notConnected", .notConnected(to: "«address»", Sentence(joined: "«failure»"))),
  ("module", .module("«name»")),
  (
    "negotiated",
    .negotiated(TLSNegotiated(version: "«version»", cipherSuite: "«suite»", group: "«group»"))
  ),
  ("certificate", .certificate(certificate)),
  ("ownCertificate true", .ownCertificate(certificate, at: 1_795_478_400, isAccepted: true)),
  ("ownCertificate false", .ownCertificate(certificate, at: 1_795_478_400, isAccepted: false)),
  ("pinsOfServer", .pinsOfServer),
  ("pinsWithSHA1", .pinsWithSHA1),
  ("passed", .passed(Sentence(joined: "«what»"))),
  ("failedCheck", .failedCheck(Sentence(joined: "«reason»"))),
  ("noPinConfigured", .noPinConfigured),
  ("notValidated", .notValidated),
  ("leadsToAnchor", .leadsToAnchor),
  ("nothingRevoked", .nothingRevoked),
  ("certificateFor", .certificateFor(.dns(Array("name.example".utf8)))),
  ("sendsAdvised octetCounting", .sendsAdvised(.octetCounting, .raw)),
  ("sendsAdvised lineFeed", .sendsAdvised(.lineFeed, .raw)),
  ("remote", .remote("«name»", Sentence(joined: "«what»"))),
  ("udpRemote", .udpRemote("«name»", Sentence(joined: "«what»"))),
  ("failure", .failure(TLSError(.library, Sentence(joined: "«reason»")))),
  ("notResolved", .notResolved(LookupError(code: EAI_NONAME))),
  ("lookupTimedOut", .lookupTimedOut(hasBegun: true)),
  ("lookupTimedOut waiting", .lookupTimedOut(hasBegun: false)),
  ("noUsableAddress", .noUsableAddress),
  ("nextLookup", .nextLookup(Sentence(joined: "«reason»"), in: .seconds(7))),
  ("sendsAgain", .sendsAgain),
  ("notSent", .notSent(Errno(code: ENOENT))),
  ("failed open", .failed(.open, Errno(code: ENOENT))),
  ("failed device", .failed(.device, Errno(code: ENOENT))),
  ("failed bind", .failed(.bind, Errno(code: ENOENT))),
  ("failed connect", .failed(.connect, Errno(code: ENOENT))),
  ("handshakeTimedOut", .handshakeTimedOut(after: .seconds(7))),
  ("takesOver", .takesOver(from: "«other»")),
  ("closedByServer", .closedByServer),
  (
    "failed next", .failed(Sentence(joined: "«reason»"), next: .seconds(7), failures: 1, waiting: 0)
  ),
  (
    "failed again",
    .failed(Sentence(joined: "«reason»"), next: .seconds(7), failures: 7, waiting: 0)
  ),
  ("failed waiting", .failed(Sentence(joined: "«reason»"), next: nil, failures: 1, waiting: 7)),
  (
    "connected TLS",
    .connected(
      over: TLSNegotiated(version: "«version»", cipherSuite: "«suite»", group: "«group»"),
      Sentence(joined: "«identity»"), .octetCounting, .rfc5424)
  ),
  ("connected clear", .connected(over: nil, Sentence(joined: "«identity»"), .lineFeed, .raw)),
  ("sends octetCounting", .sends(.octetCounting, .raw)),
  ("sends lineFeed", .sends(.lineFeed, .rfc3164)),
  ("sends rfc5424", .sends(.octetCounting, .rfc5424)),
  ("notAuthenticated", .notAuthenticated),
  ("notAuthenticated 2", .notAuthenticated(key: "«key»")),
  ("pinMatches", .pinMatches(7)),
  ("validCertificate", .validCertificate(of: "«subject»", for: .dns(Array("name.example".utf8)))),
  ("validCertificate unnamed", .validCertificate(of: "«subject»", for: nil)),
  ("both", .both(Sentence(joined: "«one»"), Sentence(joined: "«other»"))),
  ("fipsModule", .fipsModule("«module»")),
  ("filesChanged", .filesChanged),
  ("discarded", .discarded(7, lost, capacity: 7)),
  ("notice", .notice(Sentence(joined: "«what»"), process: 7)),
  ("unsent", .unsent(lost)),
  ("setAside", .setAside),
  ("discarding", .discarding(capacity: 7)),
  ("removed", .removed),
  ("notDelivered exit", .notDelivered(7, .exit)),
  ("notDelivered removal", .notDelivered(7, .removal)),
  ("discardedUnreported", .discardedUnreported(7, lost)),
  ("counters", .counters(DatagramSender.Counters())),
  ("counters 2", counters),
  ("streamRemote tls", .streamRemote("«name»", .tls, Sentence(joined: "«what»"))),
  ("streamRemote tcp", .streamRemote("«name»", .tcp, Sentence(joined: "«what»"))),
  ("file", .file("«path»", Sentence(joined: "«what»"))),
  ("file 2", .file("«path»", Errno(code: ENOENT))),
  ("pinFile", .pinFile("«path»", Sentence(joined: "«what»"))),
  ("pinFile 2", .pinFile("«path»", Errno(code: ENOENT))),
  ("noCertificateFiles", .noCertificateFiles(in: "«folder»")),
  ("noNameToVerify", .noNameToVerify),
  ("configuration", .configuration),
  ("sha1NotApproved", .sha1NotApproved(in: "«source»")),
  ("anyPeer", .anyPeer),
  ("noForwardSecrecy", .noForwardSecrecy(.rsaWithAES128CBC)),
  ("noSession", .noSession),
  ("started", .started("«version»")),
  ("exiting", .exiting),
  ("noBackground", .noBackground(Errno(code: ENOENT))),
  ("noLogSocket", .noLogSocket("«path»", Errno(code: ENOENT))),
  ("noPIDFile", .noPIDFile("«path»", Errno(code: ENOENT))),
  ("noStatistics", .noStatistics("«path»", Errno(code: ENOENT))),
  ("expires server", .expires(certificate, isOwn: false, at: 1_794_873_600)),
  ("expires client", .expires(certificate, isOwn: true, at: 1_794_873_600)),
  ("configurationRead", .configurationRead(rules: 7, remotes: 7)),
  ("configurationKept", .configurationKept("«refusal»")),
  (
    "counters file", .counters(received: 7, truncated: 7, repeated: 7, LocalOutput.Losses(bytes: 7))
  ),
  (
    "counters ring",
    .counters(received: 7, truncated: 7, repeated: 7, LocalOutput.Losses(bytes: 7, ringLines: 7))
  ),
  (
    "counters kernel",
    .counters(
      received: 7, truncated: 7, repeated: 7, LocalOutput.Losses(bytes: 7, refusedByKernel: 7))
  ),
  ("losses file", .losses(LocalOutput.Losses(bytes: 7))),
  ("losses ring", .losses(LocalOutput.Losses(bytes: 7, ringLines: 7))),
  ("losses kernel", .losses(LocalOutput.Losses(bytes: 7, refusedByKernel: 7))),
  ("omitted", .omitted(7)),
  ("noRing system", .noRing(bytes: 7, .system(Errno(code: ENOENT)))),
  ("noRing notRemoved", .noRing(bytes: 7, .notRemoved(Errno(code: ENOENT)))),
  ("ringReplaced foreign", .ringReplaced(.foreign(7))),
  ("ringReplaced writable", .ringReplaced(.writable)),
  ("noKernelLog", .noKernelLog(Errno(code: ENOENT))),
  ("notWritten", .notWritten(bytes: 7, lost, to: "«path»", Errno(code: ENOENT))),
  ("ringLost", .ringLost(lost)),
  ("ringHeldByReader", .ringHeldByReader),
  ("noUser", .noUser("«name»")),
  ("notRoot", .notRoot("«name»")),
  ("notBecome", .notBecome("«name»", Errno(code: ENOENT))),
  ("running", .running(as: "«name»", user: 7, group: 7)),
  ("keeping reading", Sentence.keeping(.reading("«path»"), "«name»")!),
  ("keeping writing", Sentence.keeping(.writing("«path»"), "«name»")!),
  ("exposing", .exposing("«log»")),
  ("noSeccomp", .noSeccomp(Errno(code: ENOENT))),
  ("noLandlock", .noLandlock(Errno(code: ENOENT))),
  ("asGoodAsRoot", .asGoodAsRoot(Errno(code: ENOENT))),
  ("notAllowed", .notAllowed("«path»", Errno(code: ENOENT))),
  ("noSpool", .noSpool("«path»", .system(Errno(code: ENOSPC)))),
  ("noSpool inUse", .noSpool("«path»", .inUse)),
  ("noSpool foreign", .noSpool("«path»", .foreign)),
  ("spoolHolds", .spoolHolds("«path»", 7)),
  ("spoolKeepsSize", .spoolKeepsSize("«path»", 7)),
  ("spoolTorn", .spoolTorn("«path»")),
  ("spoolDamaged", .spoolDamaged("«path»", 7)),
  ("spooling", .spooling("«path»")),
  ("spoolRefuses full", .spoolRefuses("«path»", .full, 7, Errno(code: EIO))),
  ("spoolRefuses spent", .spoolRefuses("«path»", .spent, 7, Errno(code: EIO))),
  ("spoolRefuses failed", .spoolRefuses("«path»", .failed, 7, Errno(code: EIO))),
  ("spoolKeeps", .spoolKeeps("«path»", 7)),
  ("spoolWaits", .spoolWaits("«path»", 7, 7, of: 7)),
  ("spoolToBeMade", .spoolToBeMade("«path»", 7, free: 7)),
  ("noStateFile", .noStateFile("«path»", Errno(code: ENOENT))),
  ("clockAhead", .clockAhead(1_795_478_400, of: 1_795_478_400, "«path»")),
  ("clock built", .clock(1_795_478_400, before: 1_795_478_400, .built)),
  ("clock written", .clock(1_795_478_400, before: 1_795_478_400, .written("«path»"))),
]
