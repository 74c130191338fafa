import Testing

/// What BusyBox made of one configuration.
///
/// Each was given to `busybox syslogd -n -S -t -O default -f CONFIGURATION` of Scripts/busybox-oracle
/// in a folder of its own (in a mount namespace with its own /dev, as root). It either exited with
/// status 1 and named a line, or took a datagram of each PRIVAL, 0 to 191, which then stood in the
/// files of the folder. Bytes above 127 are written as the scalar of that value.
struct BusyBoxReading: Sendable, CustomTestStringConvertible {
  enum Outcome {
    /// File names, and what was in them: `FACILITIES:SEVERITIES`, the latter in hexadecimal with
    /// bit s for severity s. A file that nothing is written to does not come into being.
    case files([String: String])
    /// BusyBox names the last line of those that are joined.
    case refused(line: Int)
  }

  let configuration: String
  let outcome: Outcome

  init(_ configuration: String, _ files: [String: String]) {
    self.configuration = configuration
    outcome = .files(files)
  }

  init(_ configuration: String, refusedAtLine line: Int) {
    self.configuration = configuration
    outcome = .refused(line: line)
  }

  var testDescription: String { configuration.debugDescription }

  static let all =
    severities + refusedSeverities + facilities + refusedFacilities + sequences + words + comments
    + continuations + bytes + files

  static let severities: [BusyBoxReading] = [
    .init("kern.err a\n", ["a": "0:0F"]),
    .init("kern.=err a\n", ["a": "0:08"]),
    .init("kern.!err a\n", [:]),
    .init("kern.!=err a\n", [:]),
    .init("kern.* a\n", ["a": "0:FF"]),
    .init("kern.none a\n", [:]),
    .init("kern.*;kern.!err a\n", ["a": "0:F0"]),
    .init("kern.*;kern.!=err a\n", ["a": "0:F7"]),
    .init("kern.*;kern.none a\n", [:]),
    .init("kern.*;kern.!none a\n", [:]),
    .init("kern.*;kern.=none a\n", [:]),
    .init("kern.*;kern.!* a\n", ["a": "0:FF"]),
    .init("kern.!* a\n", [:]),
    .init("kern.=* a\n", ["a": "0:FF"]),
    .init("kern.!=* a\n", [:]),
    .init("kern.*;kern.!=* a\n", ["a": "0:FF"]),
    .init("kern.*x a\n", ["a": "0:FF"]),
    .init("kern.*.err a\n", ["a": "0:FF"]),
    .init("kern.=*none a\n", ["a": "0:FF"]),
    .init("kern.emerg a\n", ["a": "0:01"]),
    .init("kern.alert a\n", ["a": "0:03"]),
    .init("kern.crit a\n", ["a": "0:07"]),
    .init("kern.warning a\n", ["a": "0:1F"]),
    .init("kern.notice a\n", ["a": "0:3F"]),
    .init("kern.info a\n", ["a": "0:7F"]),
    .init("kern.debug a\n", ["a": "0:FF"]),
    .init("kern.panic a\n", ["a": "0:01"]),
    .init("kern.error a\n", ["a": "0:0F"]),
    .init("kern.warn a\n", ["a": "0:1F"]),
    .init("kern.=panic a\n", ["a": "0:01"]),
    .init("kern.=error a\n", ["a": "0:08"]),
    .init("kern.=warn a\n", ["a": "0:10"]),
    .init("kern.!debug a\n", [:]),
    .init("*.*;*.!emerg a\n", ["a": "0-23:FE"]),
    .init("*.*;*.!=debug a\n", ["a": "0-23:7F"]),
  ]

  static let refusedSeverities: [BusyBoxReading] = [
    .init("kern. a\n", refusedAtLine: 1),
    .init("kern.! a\n", refusedAtLine: 1),
    .init("kern.= a\n", refusedAtLine: 1),
    .init("kern.!= a\n", refusedAtLine: 1),
    .init("kern.=! a\n", refusedAtLine: 1),
    .init("kern.=!err a\n", refusedAtLine: 1),
    .init("kern.!!err a\n", refusedAtLine: 1),
    .init("kern.==err a\n", refusedAtLine: 1),
    .init("kern.Err a\n", refusedAtLine: 1),
    .init("kern.ERR a\n", refusedAtLine: 1),
    .init("kern.errr a\n", refusedAtLine: 1),
    .init("kern.er a\n", refusedAtLine: 1),
    .init("kern.3 a\n", refusedAtLine: 1),
    .init("kern.err.info a\n", refusedAtLine: 1),
    .init("kern.err,info a\n", refusedAtLine: 1),
    .init("kern.mark a\n", refusedAtLine: 1),
    .init("kern.emergency a\n", refusedAtLine: 1),
  ]

  static let facilities: [BusyBoxReading] = [
    .init("*.err a\n", ["a": "0-23:0F"]),
    .init("*.=info a\n", ["a": "0-23:40"]),
    .init("mark.* a\n", [:]),
    .init("mark,kern.* a\n", ["a": "0:FF"]),
    .init("security.* a\n", ["a": "4:FF"]),
    .init("auth.* a\n", ["a": "4:FF"]),
    .init("authpriv.* a\n", ["a": "10:FF"]),
    .init("kern,user,mail.notice a\n", ["a": "0-2:3F"]),
    .init("kern,kern.err a\n", ["a": "0:0F"]),
    .init("*x.err a\n", ["a": "0-23:0F"]),
    .init("*,kern.err a\n", ["a": "0-23:0F"]),
    .init("*foo,bar.err a\n", ["a": "0-23:0F"]),
    .init("mail,daemon,syslog,lpr,news,uucp,cron,ftp.crit a\n", ["a": "2-3:07 5-9:07 11:07"]),
    .init("local0,local1,local2,local3,local4,local5,local6,local7.warning a\n", ["a": "16-23:1F"]),
  ]

  static let refusedFacilities: [BusyBoxReading] = [
    .init(".err a\n", refusedAtLine: 1),
    .init("kern,.err a\n", refusedAtLine: 1),
    .init(",kern.err a\n", refusedAtLine: 1),
    .init("kern,,user.err a\n", refusedAtLine: 1),
    .init("kern,*.err a\n", refusedAtLine: 1),
    .init("Kern.err a\n", refusedAtLine: 1),
    .init("KERN.* a\n", refusedAtLine: 1),
    .init("kernel.* a\n", refusedAtLine: 1),
    .init("ker.* a\n", refusedAtLine: 1),
    .init("0.* a\n", refusedAtLine: 1),
    .init("local8.* a\n", refusedAtLine: 1),
    .init("none.* a\n", refusedAtLine: 1),
    .init("!kern.* a\n", refusedAtLine: 1),
    .init("console.* a\n", refusedAtLine: 1),
  ]

  static let sequences: [BusyBoxReading] = [
    .init("*.*;auth,authpriv.none a\n", ["a": "0-3:FF 5-9:FF 11-23:FF"]),
    .init("auth.none;*.* a\n", ["a": "0-23:FF"]),
    .init("kern,user.*;kern.!=notice;*.err;syslog.none a\n", ["a": "0:DF 1:FF 2-4:0F 6-23:0F"]),
    .init("*.info;mail.!info;mail.=emerg a\n", ["a": "0-1:7F 2:01 3-23:7F"]),
    .init("*.=debug;*.=info;news.none a\n", ["a": "0-6:C0 8-23:C0"]),
    .init("kern.!err;kern.info a\n", ["a": "0:7F"]),
    .init("kern.info;kern.!err;kern.=emerg a\n", ["a": "0:71"]),
    .init("*.err;kern.!=crit;kern.!=alert a\n", ["a": "0:09 1-23:0F"]),
    .init("*.debug;*.!notice;cron.none;cron.=info a\n", ["a": "0-8:C0 9:40 10-23:C0"]),
    .init("local7.*;*.!warning a\n", ["a": "23:E0"]),
    .init("*.none;*.none a\n", [:]),
  ]

  static let words: [BusyBoxReading] = [
    .init("kern a\n", refusedAtLine: 1),
    .init("* a\n", refusedAtLine: 1),
    .init("kern.*; a\n", refusedAtLine: 1),
    .init(";kern.* a\n", refusedAtLine: 1),
    .init("kern.*;;user.* a\n", refusedAtLine: 1),
    .init("; a\n", refusedAtLine: 1),
    .init("kern.err;user a\n", refusedAtLine: 1),
    .init(". a\n", refusedAtLine: 1),
    .init("*. a\n", refusedAtLine: 1),
    .init(".* a\n", refusedAtLine: 1),
    .init("kern.*\n", refusedAtLine: 1),
    .init("kern.* \n", refusedAtLine: 1),
    .init("kern.*\ta\n", ["a": "0:FF"]),
    .init("  kern.*  \t a  \t\n", ["a": "0:FF"]),
    .init("\t\tkern.* a\n", ["a": "0:FF"]),
    .init("kern.* a b\n", refusedAtLine: 1),
    .init("kern.* a b c\n", refusedAtLine: 1),
    .init("kern.* a -\n", refusedAtLine: 1),
    .init("kern.*; user.* a\n", refusedAtLine: 1),
    .init("kern.* ;user.* a\n", refusedAtLine: 1),
    .init("kern.*\u{B}a\n", refusedAtLine: 1),
    .init("kern.*\u{C}a b\n", ["b": "0:FF"]),
  ]

  static let comments: [BusyBoxReading] = [
    .init("", [:]),
    .init("\n", [:]),
    .init("\n\n  \n\t\n", [:]),
    .init("#", [:]),
    .init("# comment\n", [:]),
    .init("  # comment\n", [:]),
    .init("kern.* a # comment\n", ["a": "0:FF"]),
    .init("kern.* a#comment\n", ["a": "0:FF"]),
    .init("kern.* a #b c\n", ["a": "0:FF"]),
    .init("kern.*#a\n", refusedAtLine: 1),
    .init("kern.* #a\n", refusedAtLine: 1),
    .init("#kern.* a\nuser.* b\n", ["b": "1:FF"]),
    .init("kern.err#;user.err a\n", refusedAtLine: 1),
    .init("kern.* a\\#b\n", ["a\\": "0:FF"]),
    .init("kern.* \"a#b\"\n", ["\"a": "0:FF"]),
  ]

  static let continuations: [BusyBoxReading] = [
    .init("kern.* \\\na\n", ["a": "0:FF"]),
    .init("kern.*;\\\nuser.* a\n", ["a": "0-1:FF"]),
    .init("ke\\\nrn.* a\n", ["a": "0:FF"]),
    .init("kern.* a\\\n", ["a": "0:FF"]),
    .init("kern.* a\\", ["a": "0:FF"]),
    .init("kern.* a \\\n\nuser.* b\n", ["a": "0:FF", "b": "1:FF"]),
    .init("kern.* a\\\nb\n", ["ab": "0:FF"]),
    .init("# comment \\\nkern.* a\nuser.* b\n", ["b": "1:FF"]),
    .init("kern.* a # comment \\\nuser.* b\nmail.* c\n", ["a": "0:FF", "c": "2:FF"]),
    .init("kern.* a\\\\\n", ["a\\": "0:FF"]),
    .init("kern.* a\\\\\nb\n", ["a\\b": "0:FF"]),
    .init("kern.* a\\\\\n\nb\n", ["ab": "0:FF"]),
    .init("kern.* a\\ \n", ["a\\": "0:FF"]),
    .init("\\\nkern.* a\n", ["a": "0:FF"]),
    .init("\\\n\\\n\\\nkern.* a\n", ["a": "0:FF"]),
    .init("\\", [:]),
    .init("\\\\", refusedAtLine: 1),
    .init("kern.*\\\n a\\\n b\n", refusedAtLine: 3),
    .init("kern.* a\\\\\n\n\nuser.* b\n", ["a": "0:FF", "b": "1:FF"]),
    .init("kern.*\\\n\n", refusedAtLine: 2),
  ]

  static let bytes: [BusyBoxReading] = [
    .init("kern.* a", ["a": "0:FF"]),
    .init("kern.* a\r\n", ["a\r": "0:FF"]),
    .init("kern.* a \r\n", refusedAtLine: 1),
    .init("\r\n", refusedAtLine: 1),
    .init("kern.*\r\n", refusedAtLine: 1),
    .init("kern.* \r\n", ["\r": "0:FF"]),
    .init("kern.* \\\r\na\n", refusedAtLine: 2),
    .init("# c\r\nkern.* a\n", ["a": "0:FF"]),
    .init("kern.* a\rb\n", ["a\rb": "0:FF"]),
    .init("kern.* a\0b\nuser.* b\n", ["a": "0:FF", "b": "1:FF"]),
    .init("kern.\0* a\n", refusedAtLine: 1),
    .init("\0kern.* a\nuser.* b\n", ["b": "1:FF"]),
    .init("kern.* a\0\\\nuser.* b\nmail.* c\n", ["a": "0:FF", "c": "2:FF"]),
    .init("kern.*\0 a\n", refusedAtLine: 1),
    .init("\0", [:]),
    .init("kern.* a\n\0", ["a": "0:FF"]),
    .init("\u{EF}\u{BB}\u{BF}kern.* a\n", refusedAtLine: 1),
    .init("kern.* \u{C3}\u{A4}\n", ["\u{C3}\u{A4}": "0:FF"]),
    .init("kern.* \u{1}\u{7F}\n", ["\u{1}\u{7F}": "0:FF"]),
    .init("k\u{E9}rn.* a\n", refusedAtLine: 1),
    .init("kern.*\u{A0}a\n", refusedAtLine: 1),
    .init("kern.* a\u{B}\n", ["a\u{B}": "0:FF"]),
  ]

  static let files: [BusyBoxReading] = [
    .init("kern.* a\nkern.* b\n", ["a": "0:FF", "b": "0:FF"]),
    .init("kern.err a\nuser.err a\n", ["a": "0-1:0F"]),
    .init("kern.err a\nkern.err a\n", ["a": "0:0F 0:0F"]),
    .init("kern.* |x\n", ["|x": "0:FF"]),
    .init("kern.* -a\n", ["-a": "0:FF"]),
    .init("kern.* a\n\nuser.* b\nmail.bad c\n", refusedAtLine: 4),
    .init("kern.* a\\\n\nuser.* b\nbad.* c\n", refusedAtLine: 4),
  ]
}
