import Bytes
import CPosix
import TLSBackend
import Testing

@testable import SyslogIO
@testable import syslogd

@Suite("Command lines and what they mean")
struct OptionsTests {
  /// A command line, split at spaces, and how its settings differ from the defaults.
  static let daemon: [(line: String, meaning: [String])] = [
    ("", []),
    ("-n", ["foreground"]),
    ("-O /tmp/log", ["file /tmp/log"]),
    ("-O/tmp/log", ["file /tmp/log"]),
    ("-O -", ["file -"]),
    ("-nSt", ["short", "own time", "foreground"]),
    ("-l 1", ["below 1"]),
    ("-l8", []),
    ("-l 7", ["below 7"]),
    ("-L", []),
    ("-m 20", []),
    ("-m nonsense", []),
    ("-p /run/log", ["socket /run/log"]),
    ("--log-socket=/run/log", ["socket /run/log"]),
    ("--log-socket /run/log", ["socket /run/log"]),
    ("--pid-file /run/pid", ["pid /run/pid"]),
    ("--stats /run/s.prom", ["statistics /run/s.prom"]),
    ("-nl3 -O/x", ["file /x", "below 3", "foreground"]),
    ("-O /a -O /b", ["file /b"]),
    ("-n --", ["foreground"]),
    ("-s 0", ["rotate 0"]),
    ("-s100 -b 99", ["rotate 102400", "keep 99"]),
    ("-s 2097151 -b0", ["rotate 2147482624", "keep 0"]),
    ("-C", ["ring 16384"]),
    ("-C4", ["ring 4096"]),
    ("-C2097151", ["ring 2147482624"]),
    ("-nC64", ["ring 65536", "foreground"]),
    ("-C -O /tmp/log", ["ring 16384"]),
    ("-K", ["kernel"]),
    ("-K -C16", ["kernel"]),
    ("-D", ["drop repeated"]),
  ]

  @Test("options of the daemon keep BusyBox's meaning", arguments: daemon)
  func daemonOptions(_ line: String, _ meaning: [String]) throws {
    #expect(Meaning.words(of: try settings(line.words)) == meaning)
  }

  @Test("-R without -L logs nothing here, not even with -O; -L brings it back, wherever it stands")
  func localLog() throws {
    #expect(Meaning.words(of: try settings(["-R", "h", "-O", "/x"])).first == "no file")
    #expect(Meaning.words(of: try settings(["-L", "-R", "h", "-O", "/x"])).first == "file /x")
    #expect(Meaning.words(of: try settings(["-R", "h", "-O", "/x", "-L"])).first == "file /x")
  }

  @Test("relative names of files that are opened later survive going to the background")
  func relativeNames() throws {
    let line =
      "-R h -d -c pin -c ./sha256//a -c sha256/b --pid-file pid --stats s -p log -L -O file".words
    let meaning = Meaning.words(of: try settings(line + ["-n"]))
    #expect(
      meaning == [
        "file file", "socket log", "pid pid", "statistics s", "foreground",
        "tls h:6514, SNI h, pin file pin, pin file ./sha256//a, pin file sha256/b",
      ])
    let here = try #require(get_current_dir_name())
    defer { free(here) }
    let folder = String(cString: here)
    // The log socket is opened before, and BusyBox's log file is below "/".
    #expect(
      Meaning.words(of: try settings(line)) == [
        "file file", "socket log", "pid \(folder)/pid", "statistics \(folder)/s",
        "tls h:6514, SNI h, pin file \(folder)/pin, pin file \(folder)/./sha256//a, "
          + "pin file \(folder)/sha256/b",
      ])
  }

  @Test("--help and --version win over what follows them", arguments: [["--help"], ["--version"]])
  func information(_ option: [String]) throws {
    let rest = ["-n"] + option + ["-l", "9", "extra"]
    switch (option[0], try parse(rest).get()) {
    case ("--help", .help), ("--version", .version): break
    default: Issue.record("\(option) means something else")
    }
  }

  @Test("each command line is read from its beginning, whatever the last one ended with")
  func repeatable() throws {
    // Stopped inside a cluster of letters: getopt_long would go on behind the 'x'.
    #expect(refusal(["-xnS"]) != nil)
    #expect(Meaning.words(of: try settings(["-t"])) == ["own time"])
  }
}

extension String {
  /// Separated by spaces; none in an empty string.
  var words: [String] { split(separator: " ").map { String($0) } }
}
