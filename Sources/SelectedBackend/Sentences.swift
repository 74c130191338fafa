public import Bytes

extension Sentence {
  public static var builtWithoutTLS: Sentence { Sentence("this syslogd was built without TLS") }
}
