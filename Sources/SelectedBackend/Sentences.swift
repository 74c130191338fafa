internal import Bytes

extension Sentence {
  static var builtWithoutTLS: Sentence { Sentence("this syslogd was built without TLS") }
}
