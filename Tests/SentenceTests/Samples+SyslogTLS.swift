import Bytes

@testable import SyslogTLS

/// A sample of each sentence of syslog-tls, by the name of its function. Arguments are in guillemets, or 7.
let samplesOfCompanion: [(name: String, sentence: Sentence)] = [
  ("commandMissing", .commandMissing),
  ("unknownCommand", .unknownCommand("«name»")),
  ("unknownOption", .unknownOption("«name»")),
  ("takesNoValue", .takesNoValue("«name»")),
  ("valueMissing", .valueMissing("«name»")),
  ("needsOne", .needsOne("«argument»", "«command»")),
  ("keygenNeedsFiles", .keygenNeedsFiles),
  ("keygenHasOnlyOptions", .keygenHasOnlyOptions),
  ("optionOfAnotherCommand", .optionOfAnotherCommand("«command»")),
  ("neitherNameNorAddress", .neitherNameNorAddress("«value»")),
  ("notInRange", .notInRange(days: "«days»")),
  ("notHostPort", .notHostPort("«value»")),
  ("about", .about("«subject»", Sentence(joined: "«problem»"))),
  ("failed", .failed("«path»", "«words»")),
  ("nothingToPin", .nothingToPin("«path»")),
  ("noMachineName", .noMachineName),
  ("unauthenticated", .unauthenticated(fingerprints: "«fingerprints»", pin: "«pin»")),
]
