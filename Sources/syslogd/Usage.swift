import Bytes
import Features
import TLSBackend

/// The text of `--help`, in BusyBox's style.
enum Usage {
  /// Where the help of an option begins.
  private static var indentation: Int { 17 }

  static func text(_ capabilities: TLSCapabilities) -> Text {
    var text: Text = """
      Usage: syslogd [OPTIONS]

      Logs the messages of programs to files and forwards them to collectors.


      """
    for entry in OptionTable.entries where entry.isOfUse { append(entry, to: &text) }
    text += """

      SIGTERM: send queued messages for at most 2 s and exit. SIGHUP: reopen files,
      reread
      """
    if Feature.rules.isBuilt { text += " rules," }
    text += " pins and certificates."
    if Feature.counters.isBuilt { text += " SIGUSR1: log the counters." }
    text += "\n"
    return text + names(capabilities)
  }

  private static func append(_ entry: OptionEntry, to text: inout Text) {
    let begin = text.bytes.count
    text += "  "
    text += entry.spelling
    if entry.argument == .required { text += " " }
    text += entry.value.text
    var column = text.bytes.count - begin
    var help = entry.help.text
    // It begins below what has no room beside it.
    if column >= indentation { help = "\n" + help }
    for byte in help.bytes {
      while column < indentation, byte != UInt8(ascii: "\n") {
        text += " "
        column += 1
      }
      text.append(byte)
      if byte == UInt8(ascii: "\n") { column = 0 }
    }
    if entry.letter != 0, entry.name.first != 0 {
      text += " (--"
      text += entry.name.text
      text += ")"
    }
    text += "\n"
  }

  /// What `--tls-ciphers` and `--tls-groups` may name; nothing in a build without TLS.
  static func names(_ capabilities: TLSCapabilities) -> Text {
    guard Feature.tlsChoices.isBuilt, !capabilities.cipherSuites.isEmpty else { return "" }
    var text: Text = "\nCipher suites of \(capabilities.name) (*: default):\n"
    for suite in capabilities.cipherSuites where suite.version <= capabilities.highestVersion {
      append(suite.name, isDefault: TLSCipherSuite.recommended.contains(suite), to: &text)
    }
    text += "Key exchange groups (*: default):\n"
    for group in capabilities.groups {
      append(group.name, isDefault: TLSGroup.recommended.contains(group), to: &text)
    }
    return text
  }

  @inline(never)
  private static func append(_ name: Literal, isDefault: Bool, to text: inout Text) {
    text += isDefault ? "  * " : "    "
    text += Text(name)
    text += "\n"
  }
}
