import Bytes

@testable import BackendOpenSSL

/// A sample of each sentence of BackendOpenSSL, by the name of its function. Arguments are in guillemets, or 7.
let samplesOfBackendOpenSSL: [(name: String, sentence: Sentence)] = [
  ("unexpectedResult", .unexpectedResult(7)),
  ("signatureAlgorithmsRefused", .signatureAlgorithmsRefused("«words»")),
  ("unreadableConfiguration", .unreadableConfiguration("«words»")),
  ("noBaseProvider", .noBaseProvider("«words»")),
  ("noFIPSProvider", .noFIPSProvider),
  ("fipsUnconfigured", .fipsUnconfigured),
  ("fipsSelfTestFailed", .fipsSelfTestFailed("«words»")),
  ("noFIPSHash", .noFIPSHash("«words»")),
  ("fipsNotInForce", .fipsNotInForce),
]
