/// Configuration files, by what they try.
enum Configurations {
  /// BusyBox serves with these.
  static let good: [String] =
    selectors + lists + actions + layouts + merges

  /// One selector each, all others at the default destination.
  private static let selectors = [
    "*.*", "*.debug", "*.info", "*.notice", "*.warning", "*.warn", "*.err", "*.error", "*.crit",
    "*.alert", "*.emerg", "*.panic", "*.none", "kern.*", "user.info", "mail.err", "daemon.notice",
    "auth.debug", "security.debug", "syslog.crit", "lpr.*", "news.alert", "uucp.*", "cron.warn",
    "authpriv.*", "ftp.*", "local0.*", "local1.emerg", "local2.*", "local3.debug", "local4.info",
    "local5.notice", "local6.err", "local7.warning", "mark.*", "mark.info", "kern.none",
    "*.=info", "kern.=debug", "*.!err", "kern.!info", "*.!=err", "*.=*", "*.!*", "*.!none",
    "*.=none", "*.!=none", "*.!=*", "*anything.info", "*,kern.err", "kern.*anything", "kern.=*x",
    "kern.!*x",
  ].map { "\($0) /var/log/a\n" }

  private static let lists = [
    "kern,user.info", "kern,user,mail,local7.=err", "kern,kern.*", "mark,kern.*", "kern,mark.err",
    "kern.info;user.err", "kern.*;kern.!err", "kern.!err;kern.*", "*.*;kern.none", "kern.none;*.*",
    "*.*;mail.none;kern,user.!=info", "*.=info;*.=err", "*.info;*.!err", "*.*;*.!=notice;*.none",
    "*.*;*.!info", "*.!info;*.*", "*.err;kern.!=crit;kern.=debug", "mark.*;user.=notice",
    "*.*;mark.none", "kern.*;user.*;mail.*;daemon.*;auth.*;syslog.*;lpr.*;news.*;uucp.*;cron.*",
    "kern.=emerg;kern.=alert;kern.=crit;kern.!=alert", "*.debug;kern,user,mail.none;user.=info",
  ].map { "\($0) /var/log/a\n" }

  private static let actions = [
    "*.* /dev/null", "kern.* /dev/null", "kern.* /var/log/messages", "*.* /var/log//messages",
    "*.* /var/log/../log/messages", "kern.* -", "*.* -", "*.* /var/log/missing/file",
    "kern.* /var/log", "kern.* /dev/console", "user.* /dev/missing", "kern.* relative",
    "kern.* /var/log/a\nuser.* /var/log/a", "kern.* /var/log/a\n*.* /var/log/a",
    "*.* /var/log/a\n*.* /var/log/b", "*.* /var/log/a\n*.* /var/log/a",
    "kern.* /var/log/a\n*.* /var/log/messages\nkern.=err /var/log/messages",
    "*.err /var/log/ä\u{1}ö", "*.* /var/log/" + String(repeating: "n", count: 200),
    "*.* /var/log/@x", "kern.* /var/log/a;b",
  ].map { "\($0)\n" }

  /// Blanks, comments, continuation lines, ends.
  private static let layouts = [
    "", "\n", "\n\n\n", "#\n", "# only a comment", "   # after blanks\n", "\t\t\n", "   \n \t \n",
    "*.err /var/log/a", "*.err\t/var/log/a\n", "*.err \t  \t/var/log/a   \t\n",
    "   *.err /var/log/a\n", "\t*.err /var/log/a\n", "*.err /var/log/a#comment\n",
    "*.err /var/log/a # comment\n", "*.err /var/log/a\t#\n", "*.err /var/log/a#b c d\n",
    "# *.* /var/log/b\n*.err /var/log/a\n", "\n\n*.err /var/log/a\n\n#\nkern.* /var/log/b\n",
    "*.err \\\n/var/log/a\n", "*.\\\nerr /var/log/a\n", "*.err /var/log/a\\\nb\n",
    "*.err;\\\nkern.* /var/log/a\n", "*.err;\\\n\\\n\\\nkern.* /var/log/a\n",
    "# comment \\\n*.* /var/log/b\n*.err /var/log/a\n", "*.err /var/log/a # x \\\n more\n",
    "*.err /var/log/a\\", "*.err /var/log/a\\\n", "*.err /var/log/a \\\n\n",
    "\\\n*.err /var/log/a\n",
    "\\\n\\\n\n", "\\", "*.err /var/log/a\r\n", "*.err /var/log/a\u{b}b\n",
    "*.err /var/log/a\nkern.* /var/log/b", "*.err /var/log/a\\b\n", "*.err /var/log/a\\\\\n",
    "*.err /var/log/a\u{a0}b\n", "#" + String(repeating: "c", count: 5000) + "\n*.err /var/log/a\n",
    "kern.*;" + String(repeating: "*.err;", count: 1000) + "user.* /var/log/a\n",
  ]

  /// Several rules, as a machine may have them.
  private static let merges = [
    """
    # A router.
    kern.*                  /var/log/kern
    auth,authpriv.*         /var/log/auth
    *.info;auth,authpriv,kern.none  /var/log/info
    *.emerg                 /dev/console
    *.=debug                /dev/null

    """,
    "*.err /var/log/a\n*.=err /var/log/b\n*.!err /var/log/c\n*.crit;*.!alert /var/log/d\n",
    (0..<50).map { "local\($0 % 8).=info;kern.* /var/log/\($0)\n" }.joined(),
    "mail.* /var/log/a\n*.*;mail.none /dev/null\n", "*.* /dev/null\n*.err /var/log/a\n",
    "*.* /dev/null\nkern.* /dev/null\n", "*.none /var/log/a\nmark.* /var/log/b\n",
  ]

  /// BusyBox ends with an error for these.
  static let bad: [String] =
    [
      "*.*", "kern", "kern /var/log/a", "kern. /var/log/a", ".info /var/log/a", ". /var/log/a",
      "kern.foo /var/log/a", "foo.info /var/log/a", "KERN.info /var/log/a", "kern.INFO /var/log/a",
      "Kern.info /var/log/a", "kern.3 /var/log/a", "0.info /var/log/a", "kern.info; /var/log/a",
      ";kern.info /var/log/a", "kern.info;;user.info /var/log/a", "kern,.info /var/log/a",
      ",kern.info /var/log/a", "kern,,user.info /var/log/a", "kern.info,user /var/log/a",
      "kern,*.info /var/log/a", "kern*.info /var/log/a", "kern.! /var/log/a", "kern.= /var/log/a",
      "kern.!= /var/log/a", "kern.=!err /var/log/a", "kern.!!err /var/log/a",
      "kern.==err /var/log/a", "kern.info.err /var/log/a", "kern.infox /var/log/a",
      "kern.inf /var/log/a", "ker.info /var/log/a", "*.* /var/log/a b", "*.* /var/log/a /var/log/b",
      "*.* /var/log/a b # c", "kern.* user.* /var/log/a", "kern.*; user.* /var/log/a",
      "kern .* /var/log/a", "kern. * /var/log/a", "*.*#/var/log/a", "*.* #/var/log/a",
      "*.err /var/log/a\nfoo", "*.err /var/log/a\n\n# x\n\nkern.bad /var/log/b\n*.* /var/log/c",
      "*.err /var/log/a\\\n b c", "*.err\\\n", "{ kern.* /var/log/a }", "\"*.*\" /var/log/a",
      "kern:info /var/log/a", "*.*\u{b}/var/log/a", "*.*\r\n", "\r\n", "kern.none,info /var/log/a",
      "local8.* /var/log/a", "console.* /var/log/a", "ntp.* /var/log/a", "*.*\u{a0}/var/log/a",
      "/var/log/a", "/var/log/a *.*", "\u{feff}*.err /var/log/a", "mark /var/log/a",
    ].map { "\($0)\n" }

  /// With a NUL, where a line of BusyBox's ends.
  static let binary: [[UInt8]] = [
    Array("*.err /var/log/a\0b\n".utf8), Array("*.err /var/log/a\0\nkern.* /var/log/b\n".utf8),
    Array("*.err \0/var/log/a\n".utf8), Array("\0*.err /var/log/a\n".utf8),
    Array("*.e\0rr /var/log/a\n".utf8), Array("*.err /var/log/\u{e4}".utf8),
    Array("*.err /var/log/".utf8) + [0xff, 0xfe, 10], [0], [0, 10], [255, 10],
  ]

  static func shown(_ text: [UInt8]) -> String {
    String(decoding: text.prefix(200), as: UTF8.self).debugDescription
  }
}
