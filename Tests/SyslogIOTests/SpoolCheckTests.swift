import Bytes
import CPosix
import SyslogCore
import Testing

@testable import SyslogIO

@Suite("What --check says of a spool")
struct SpoolCheckTests {
  private let workspace: Workspace
  private let now = Instant(milliseconds: 1_000_000)

  init() throws { workspace = try Workspace() }

  /// What is printed, in one line, and what keeps the daemon from using it.
  private func look(_ settings: RemoteSettings.Spool) -> (said: String, SpoolFile.Failure?) {
    var said = ""
    let failure = SpoolCheck.look(at: settings, CheckReport { said += $0.string })
    return (said.split(whereSeparator: \.isWhitespace).joined(separator: " "), failure)
  }

  /// A daemon's spool with messages of 1,000 bytes.
  private func fill(_ count: Int) throws {
    let spool = try SpoolFile.open(workspace.spool(), now: now)
    var sender = TransportSender(
      queueCapacity: 0, backoff: Backoff(minimum: .seconds(1), maximum: .seconds(1)),
      limits: TransportSender.Limits(connect: .seconds(1), handshake: .seconds(1)))
    let text = [UInt8](repeating: 120, count: 1000)
    for _ in 0..<count {
      _ = spool.put(
        .info, from: 0, .octetCounting, header: text.span.extracting(first: 0), body: text.span,
        into: &sender, now: now)
    }
    _ = spool.keep(sender, .octetCounting, now: now)
  }

  private func words(_ sentence: Sentence) -> String { "spool " + sentence.text.string }

  @Test("counts the messages and bytes that wait, and changes nothing")
  func waiting() throws {
    try fill(50)
    let before = workspace.content(of: "spool")
    let (said, failure) = look(workspace.spool())
    #expect(failure == nil)
    let inSpool = 50
    #expect(
      said == words(.spoolWaits(workspace.spool().path, inSpool, inSpool * 1020, of: 57_344)))
    #expect(workspace.content(of: "spool") == before)
    let again = try SpoolFile.open(workspace.spool(), now: now)
    #expect(again.unread == 50, "it is free for the daemon again")
  }

  @Test("says what one takes that is not there yet, and makes none")
  func missing() throws {
    let (said, failure) = look(workspace.spool())
    #expect(failure == nil)
    #expect(said.contains("spool is not there yet and takes 65536 bytes of "))
    #expect(access(workspace.file("spool"), F_OK) != 0)
    // An empty file is as good as none, and stays as it is.
    try workspace.write("", to: "empty")
    #expect(look(workspace.spool("empty")).said.contains("empty is not there yet"))
    #expect(workspace.content(of: "empty") == "")
  }

  @Test("one without room, a folder or a place is what the daemon would say")
  func unusable() throws {
    func expect(_ settings: RemoteSettings.Spool, _ code: Int32) {
      let (said, failure) = look(settings)
      guard case .system(let cause)? = failure else {
        Issue.record("\(said)")
        return
      }
      #expect(cause.code == code)
      #expect(said.hasSuffix(words(.noSpool(settings.path, .system(cause)))))
    }
    expect(workspace.spool(size: 1 << 60), ENOSPC)
    expect(workspace.spool("missing/spool"), ENOENT)
    try workspace.write("x", to: "file")
    expect(workspace.spool("file/spool"), ENOTDIR)
    expect(RemoteSettings.Spool(path: "/proc/spool", size: 65_536, dailyLimit: 65_536), ENOSPC)
  }

  @Test("a folder, a device or a link is none, and is left alone")
  func kinds() throws {
    try workspace.write("precious\n", to: "precious")
    #expect(symlink(workspace.file("precious"), workspace.file("link")) == 0)
    let link = Text(of: workspace.file("link"))
    for path in [Text(of: workspace.path), "/dev/null", link] {
      let settings = RemoteSettings.Spool(path: path, size: 65_536, dailyLimit: 65_536)
      let failure = look(settings).1
      switch failure {
      case .foreign?: #expect(path != link)
      case .system(Errno(code: ELOOP))?: #expect(path == link)
      default: Issue.record("\(path.string) was taken")
      }
    }
    #expect(workspace.content(of: "precious") == "precious\n")
  }

  @Test("somebody else's file is named as that, and one in use is no failure")
  func taken() throws {
    try workspace.write("precious\n", to: "spool")
    var (said, failure) = look(workspace.spool())
    guard case .foreign? = failure else {
      Issue.record("\(said)")
      return
    }
    #expect(said == words(.noSpool(workspace.spool().path, .foreign)))
    unlink(workspace.file("spool"))
    let daemon = try SpoolFile.open(workspace.spool(), now: now)
    (said, failure) = look(workspace.spool())
    #expect(failure == nil)
    #expect(said == words(.noSpool(workspace.spool().path, .inUse)))
    daemon.close(now: now)
  }

  @Test("damage is one line, and what is whole is counted")
  func damaged() throws {
    try fill(50)
    let file = cposix_open(workspace.file("spool"), O_RDWR, 0)
    let noise = [UInt8](repeating: 0xA5, count: 1020)
    // In the middle of what is used.
    #expect(pwrite(file, noise, 1020, 8192 + 30_000) == 1020)
    close(file)
    let (said, failure) = look(workspace.spool())
    #expect(failure == nil)
    let path = workspace.spool().path.string
    #expect(said.contains("spool \(path) holds 4"))
    #expect(said.contains(" bytes of the spool \(path) are damaged and left out"), "\(said)")
    // Nothing of it can be read.
    try workspace.write("lsspool1" + String(repeating: "x", count: 65_528), to: "spool")
    #expect(
      look(workspace.spool()).said
        == words(.spoolWaits(workspace.spool().path, 0, 0, of: 57_344)) + " "
        + words(.spoolDamaged(workspace.spool().path, 65_536)))
  }

  @Test("another size is said while it is not empty")
  func size() throws {
    try fill(50)
    #expect(
      look(workspace.spool(size: 128 * 1024)).said.hasSuffix(
        words(.spoolKeepsSize(workspace.spool().path, 65_536))))
  }
}
