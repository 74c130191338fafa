import Bytes
import CPosix
import SyslogCore
import Testing

@testable import SyslogIO

@Suite("The file of statistics")
struct StatisticsFileTests {
  private let workspace: Workspace
  private let diagnostics = Diagnostics()
  private let start = Instant(milliseconds: 1_000_000)

  init() throws { workspace = try Workspace() }

  private func file(_ name: String = "s.prom") -> StatisticsFile {
    StatisticsFile(path: Text(of: workspace.file(name)), diagnostics: diagnostics)
  }

  private var said: [Sentence] { diagnostics.removeLines().map { $0.sentence } }

  @Test("is written at once, and then every ten seconds when something has changed")
  func schedule() {
    let file = file()
    #expect(file.isDue(now: start))
    file.put("one\n", now: start)
    #expect(workspace.content(of: "s.prom") == "one\n")
    #expect(file.deadline == start + .seconds(10), "what was sent may be acknowledged by then")
    #expect(!file.isDue(now: start + .seconds(9)))
    let later = start + .seconds(10)
    #expect(file.isDue(now: later))
    file.put("two\n", now: later)
    #expect(workspace.content(of: "s.prom") == "two\n")
    let last = later + .seconds(10)
    #expect(file.isDue(now: last))
    file.put("two\n", now: last)
    #expect(file.deadline == nil, "nothing happens until something happens")
    #expect(!file.isDue(now: last + .seconds(1)))
    #expect(file.deadline == last + .seconds(10))
  }

  @Test("one that has not changed is not written again, unless that is asked for")
  func unchanged() throws {
    let file = file()
    file.put("one\n", now: start)
    unlink(workspace.file("s.prom"))
    file.put("one\n", now: start + .seconds(10))
    #expect(workspace.content(of: "s.prom") == nil)
    file.force()
    #expect(file.isDue(now: start + .seconds(11)))
    file.put("one\n", now: start + .seconds(11))
    #expect(workspace.content(of: "s.prom") == "one\n")
    #expect(!file.isDue(now: start + .seconds(12)))
  }

  @Test("everybody may read it, whatever the umask, and no other file stays beside it")
  func mode() throws {
    let before = umask(0o077)
    defer { umask(before) }
    try workspace.write("old", to: "s.prom.new")
    file().put("one\n", now: start)
    var status = stat()
    try #require(stat(workspace.file("s.prom"), &status) == 0)
    #expect(status.st_mode & 0o7777 == 0o644)
    #expect(access(workspace.file("s.prom.new"), F_OK) != 0)
  }

  @Test("a link that somebody has put in the way is not followed")
  func link() throws {
    let target = try workspace.write("secret", to: "target")
    try #require(symlink(target, workspace.file("s.prom.new")) == 0)
    file().put("one\n", now: start)
    #expect(workspace.content(of: "target") == "secret")
    #expect(workspace.content(of: "s.prom") == "one\n")
  }

  @Test("one that cannot be written is reported once, until it can be written again")
  func failure() {
    let folder = workspace.file("folder")
    let file = file("folder/s.prom")
    let reason = Sentence.noStatistics(Text(of: "\(folder)/s.prom"), Errno(code: ENOENT))
    file.put("one\n", now: start)
    #expect(said == [reason])
    #expect(file.deadline == nil)
    file.put("one\n", now: start + .seconds(10))
    file.put("two\n", now: start + .seconds(20))
    #expect(said == [])
    mkdir(folder, 0o755)
    file.put("two\n", now: start + .seconds(30))
    #expect(workspace.content(of: "folder/s.prom") == "two\n")
    unlink("\(folder)/s.prom")
    rmdir(folder)
    file.put("three\n", now: start + .seconds(40))
    #expect(said == [reason])
  }

  @Test("a device or a folder in its place is left alone")
  func special() throws {
    try #require(mkfifo(workspace.file("s.prom"), 0o600) == 0)
    file().put("one\n", now: start)
    #expect(
      said == [.noStatistics(Text(of: workspace.file("s.prom")), Errno(code: EEXIST))])
    var status = stat()
    try #require(lstat(workspace.file("s.prom"), &status) == 0)
    #expect(status.st_mode & 0o170000 == 0o010000)
    #expect(access(workspace.file("s.prom.new"), F_OK) != 0)
  }

  @Test("without the option nothing is ever due")
  func none() {
    let file = StatisticsFile(path: nil, diagnostics: diagnostics)
    file.force()
    #expect(!file.isDue(now: start))
    #expect(file.deadline == nil)
  }
}
