import Bytes

@testable import BackendMbedTLS

/// A sample of each sentence of BackendMbedTLS, by the name of its function. Arguments are in guillemets, or 7.
let samplesOfBackendMbedTLS: [(name: String, sentence: Sentence)] = [
  ("noFIPSModule", .noFIPSModule),
  ("commonNameLength", .commonNameLength),
  ("unreadableMessage long", .unreadableMessage(isLong: true)),
  ("unreadableMessage cut", .unreadableMessage(isLong: false)),
  ("unreadableKeyUpdate", .unreadableKeyUpdate),
  ("unreadablePSS", .unreadablePSS),
]
