import CPosix
import Testing

@testable import SyslogIO

@Suite("Standard output and standard error")
struct SharedOutputTests {
  @Test("do not hold the daemon when their reader stands still, and go on with it")
  func stoppedReader() throws {
    var ends: [Int32] = [-1, -1]
    try #require(pipe(&ends) == 0)
    let reader = FileDescriptor(owning: ends[0])
    let writer = FileDescriptor(owning: ends[1])
    // The descriptor blocks, as one that is shared with a shell does.
    #expect(cposix_fcntl(writer.rawValue, F_GETFL, 0) & O_NONBLOCK == 0)
    let room = Int(cposix_fcntl(writer.rawValue, F_GETPIPE_SZ, 0))
    var output = SharedOutput(descriptor: writer.rawValue)
    let bytes = [UInt8](repeating: 0x78, count: 2 * room)
    #expect(output.write(bytes.span) == room)
    #expect(output.isStuck)
    let line: [UInt8] = [0x79, 0x0A]
    for _ in 0..<1000 { #expect(output.write(line.span) == 0) }
    var read = [UInt8](repeating: 0, count: room)
    #expect(CPosix.read(reader.rawValue, &read, room) == room)
    #expect(output.write(line.span) == 2)
    #expect(!output.isStuck)
  }
}
