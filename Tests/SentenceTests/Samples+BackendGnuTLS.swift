import Bytes

@testable import BackendGnuTLS

/// A sample of each sentence of BackendGnuTLS, by the name of its function. Arguments are in guillemets, or 7.
let samplesOfBackendGnuTLS: [(name: String, sentence: Sentence)] = [
  ("tooManyWarnings", .tooManyWarnings),
  ("notStrict off", .notStrict(.off, "«library»")),
  ("notStrict selfTest", .notStrict(.selfTest, "«library»")),
  ("notStrict lax", .notStrict(.lax, "«library»")),
  ("notStrict loggingOnly", .notStrict(.loggingOnly, "«library»")),
  ("notStrict unknown", .notStrict(.unknown, "«library»")),
  ("refusedOffer", .refusedOffer(by: "«library»", "«words»")),
  ("notWithout", .notWithout(7, "«library»")),
  ("wrongOrder", .wrongOrder([0xC02B, 0x009C], "«library»")),
]
