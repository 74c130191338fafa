/// Command lines whose whole effect is compared, each with the whole corpus.
enum OptionSets {
  static let withoutRules: [Trial] =
    [
      "", "-S", "-t", "-S -t", "-l 1", "-l 2", "-l 3", "-l 4", "-l 5", "-l 6", "-l 7", "-l 8",
      "-D", "-D -S -t", "-l3", "-l 3 -l 7", "-StD", "-m 5", "-m0", "-m x", "-n -n", "--", "-L",
      "-O /var/log/other", "-O/var/log/other -S", "-O /var/log/a -O /var/log/b", "-SO/var/log/c",
      "-O -", "-O - -S -l 4", "-O- -D", "-O /var/log/nowhere/file", "-O /var/log", "-s 0", "-b 0",
      "-R {1}", "-L -R {1}", "-R {1} -R {2}", "-R{1} -L -R {2} -D", "-R {1} -l 2", "-LR{1} -l 2",
      "-R {1} -t -S", "-L -R {1} -t", "-R {1} -D", "-R {1} -O -", "-R {1} -C",
    ].map { Trial($0, Corpus.all) }

  /// The kernel's buffer is a regular file here, and holds what was written to it.
  static let kernel: [Trial] =
    [
      "-K", "-K -t", "-K -S", "-K -l 1", "-K -D", "-K -C", "-KO/var/log/other", "-K -R {1}",
      "-K -L -R {1}",
    ].map {
      var trial = Trial($0, Corpus.all)
      trial.files["/dev/kmsg"] = []
      return trial
    }

  /// `-l 6` leaves out the line about the start, whose length is ours.
  static let ring: [Trial] =
    [
      "-C -l 6", "-C4 -l 6", "-C5 -l 5 -S", "-C16 -l 6 -t", "-C64 -l 6", "-C64 -D -l 6 -S",
      "-C1000", "-C2000 -t", "-C4 -C1000", "-C1000 -O /var/log/other", "-C1000 -L -R {1}",
      "-C1000 -s 1 -b 1",
    ].map {
      var trial = Trial($0, Corpus.all)
      trial.reading = .dump
      return trial
    } + [following("-C2000"), following("-C2000 -S -D -t")]

  private static func following(_ options: String) -> Trial {
    var trial = Trial(options, Corpus.all)
    trial.reading = .follow
    return trial
  }

  /// Options whose effect rules may change, with rules for a third of the corpus.
  static let withRules: [Trial] = [
    "-t", "-l 3", "-l 1 -S", "-D", "-O -", "-O /var/log/a", "-C2000", "-C2000 -l 2", "-R {1}",
    "-L -R {1}", "-L -R {1} -l 3 -D", "-L -R {1} -C2000", "-K", "-K -L -R {1}",
    "-f /etc/other.conf", "-f /etc/other.conf -l 2", "-f/etc/other.conf -L -R {1}",
  ].map {
    var trial = Trial($0, Corpus.forRules).configured(Array(rules.utf8))
    trial.files["/dev/kmsg"] = []
    trial.files["/etc/other.conf"] = Array("*.=notice /var/log/other\n".utf8)
    if trial.options.contains("-C2000") { trial.reading = .dump }
    return trial
  }

  private static let rules = """
    user.=notice;mail.*  /var/log/a
    ftp,daemon.err       /var/log/b
    local7.*             /dev/null
    *.=crit              /var/log/messages
    auth.=emerg          /var/log/c

    """

  /// In the background, where standard output leads nowhere.
  static let background: [Trial] =
    ["", "-S", "-O -", "-C2000", "-L -R {1}"].map {
      var trial = Trial($0, Corpus.all)
      trial.place = .background
      if $0 == "-C2000" { trial.reading = .dump }
      return trial
    }

  /// Where neither the log file nor a console can be opened.
  static let withoutConsole: [Trial] =
    ["-O /var/log/nowhere/file", "-O /var/log/nowhere/file -S -l 4"].map {
      var trial = Trial($0, Corpus.all)
      trial.hasConsole = false
      return trial
    }
}
