import Bytes
import Features

@testable import SyslogCore
@testable import SyslogIO
@testable import syslogd

private let value = OptionValue(option: "«option»", text: "«value»")

/// A sample of each sentence of syslogd, by the name of its function. Arguments are in guillemets, or 7.
let samplesOfSyslogd: [(name: String, sentence: Sentence)] = [
  ("notInRange", .notInRange(value, 1...7)),
  ("mustBe two", .mustBe(["«first»", "«second»"], not: value)),
  ("mustBe three", .mustBe(["«first»", "«second»", "«third»"], not: value)),
  ("emptyName", .emptyName(in: value)),
  ("givenTwice", .givenTwice(value)),
  ("unknownCipherSuite", .unknownCipherSuite(value)),
  ("notAFileName", .notAFileName(value)),
  ("notASize", .notASize(value, 1...7)),
  ("notSeconds", .notSeconds(value)),
  ("notASpool", .notASpool(value)),
  ("sharedSpool", .sharedSpool("«option»", "«path»")),
  ("notARetry", .notARetry(value)),
  ("notAnAddress", .notAnAddress(value)),
  ("notADevice", .notADevice(value)),
  ("neitherFileNorPin", .neitherFileNorPin(value)),
  ("notAPin", .notAPin(value)),
  ("neitherNameNorAddress", .neitherNameNorAddress(value)),
  ("notHostPort", .notHostPort(value)),
  ("unknownOption", .unknownOption("«name»")),
  ("takesNoValue", .takesNoValue("«name»")),
  ("valueMissing", .valueMissing("«name»")),
  ("unexpectedArgument", .unexpectedArgument("«argument»")),
  ("cannotCombine", .cannotCombine("«option»", with: "«other»")),
  ("needs", .needs("«option»", "«other»")),
  ("cannotCertify", .cannotCertify(host: "«host»", "«option»", without: "«other»")),
  ("needsTLS commandLine", .needsTLS("«option»", for: "«remote»", in: .commandLine)),
  ("needsTLS rule", .needsTLS("«option»", for: "«remote»", in: .rule)),
  ("needsRFC5424", .needsRFC5424("«option»", "«format»", for: "«remote»")),
  ("noEffect udp", .noEffect("«option»", over: .udp, for: "«remote»", in: .commandLine)),
  ("noEffect udp rule", .noEffect("«option»", over: .udp, for: "«remote»", in: .rule)),
  ("noEffect tcp", .noEffect("«option»", over: .tcp, for: "«remote»", in: .rule)),
  ("noRemoteBefore", .noRemoteBefore("«option»")),
  ("otherTransport", .otherTransport("«remote»", than: "«other»")),
  ("tooManyTakeOver", .tooManyTakeOver("«first»", limit: 8)),
  ("shared", .shared("«option»", by: "«remote»", with: "«other»")),
  ("cannotStart", .cannotStart(StartFailure(Sentence(joined: "«reason»"), about: .logSocket))),
  ("builtWithout", .builtWithout(.rules)),
  ("noFIPSModule", .noFIPSModule(in: "«library»")),
  ("refused remote", .refused("«remote»", option: "«option»", Sentence(joined: "«reason»"))),
  ("refused remoteAlone", .refused("«remote»", option: nil, Sentence(joined: "«reason»"))),
  ("refused", .refused(option: "«option»", Sentence(joined: "«reason»"))),
  ("cannotRead", .cannotRead("«path»", "«reason»")),
  ("at", .at("«path»", line: 7, column: 7, Sentence(joined: "«problem»"))),
  ("notAnOption", .notAnOption("«word»")),
  ("rsyslogs tcp", .rsyslogs(Array("«action»".utf8), isTCP: true, Array("«host»".utf8))),
  ("rsyslogs udp", .rsyslogs(Array("«action»".utf8), isTCP: false, Array("«host»".utf8))),
  ("oneFileName", .oneFileName(Array("«action»".utf8), Array("«path»".utf8))),
  ("relativeFile", .relativeFile(Array("«action»".utf8))),
  ("summary", .summary(Configuration())),
]
