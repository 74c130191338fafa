import Bytes

@testable import SyslogCore

/// A sample of each sentence of SyslogCore, by the name of its function. Arguments are in guillemets, or 7.
let samplesOfSyslogCore: [(name: String, sentence: Sentence)] = [
  ("refused notASelector", .refused(.notASelector, "«word»")),
  ("refused blankBehindSemicolon", .refused(.blankBehindSemicolon, "«word»")),
  ("refused carriageReturn", .refused(.carriageReturn, "«word»")),
  ("refused unknownFacility", .refused(.unknownFacility, "«word»")),
  ("refused unknownSeverity", .refused(.unknownSeverity, "«word»")),
  ("refused missingAction", .refused(.missingAction, "«word»")),
  ("refused wordBehindFile", .refused(.wordBehindFile, "«word»")),
  ("metric", .metric("«name»", "«help»", kind: "«kind»")),
  ("sample", .sample("«name»", "«begin»", "«end»", "«number»")),
  ("refused tooManyRules", .refused(.tooManyRules, "«word»")),
]
