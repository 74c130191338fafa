import Foundation
import Testing

extension Scenarios {
  @Suite("The local log is BusyBox's") struct LocalOutput {
    private static let text = "<13>Jan  2 03:04:05 app[7]: hello"
    let workspace = Workspace()

    private var host: String {
      String(ProcessInfo.processInfo.hostName.prefix { $0 != "." }.prefix(64))
    }

    @Test("-O FILE: time, host, facility and severity, message")
    func file() throws {
      let syslogd = try Syslogd([], in: workspace)
      try syslogd.connect().send(LocalOutput.text)
      try syslogd.waitForLog("hello")
      #expect(syslogd.log.last == "Jan  2 03:04:05 \(host) user.notice app[7]: hello")
    }

    @Test("every malformed datagram makes the same log lines as with BusyBox")
    func sameAsBusyBox() throws {
      let oracle = workspace.file("oracle.log")
      let busyBox = try BusyBoxSyslogd(["-t", "-S", "-O", oracle], in: workspace)
      let syslogd = try Syslogd(["-t", "-S"], in: workspace)
      for path in [busyBox.logSocket, syslogd.paths.logSocket] {
        let socket = try LogSocket(path)
        for datagram in MalformedDatagrams.all { try socket.send(datagram) }
        try socket.send("<13>the end")
      }
      for log in [oracle, syslogd.paths.log] {
        try eventually("the end in \(log)") {
          Lines.of(log).contains { $0.hasSuffix("the end") }
        }
      }
      // Without the time of arrival and without the line about the start.
      let lines = { (file: String) in
        Lines.bytes(of: file).dropFirst().map { Array($0.dropFirst(15)) }
      }
      let (mine, theirs) = (lines(syslogd.paths.log), lines(oracle))
      let place = zip(mine, theirs).prefix { $0 == $1 }.count
      let shown = { (all: [[UInt8]]) in
        all.dropFirst(place).first.map { String(decoding: $0, as: UTF8.self).debugDescription }
          ?? "nothing"
      }
      #expect(mine == theirs, "line \(place): \(shown(mine)) instead of \(shown(theirs))")
    }

    @Test("-S leaves out host, facility and severity")
    func short() throws {
      let syslogd = try Syslogd(["-S"], in: workspace)
      try syslogd.connect().send(LocalOutput.text)
      try syslogd.waitForLog("hello")
      #expect(syslogd.log.last == "Jan  2 03:04:05 app[7]: hello")
    }

    @Test("-t puts our time in the place of the client's, and remotes still get the client's")
    func ownTime() throws {
      let sink = try UDPSink()
      let syslogd = try Syslogd(["-t", "-S", "-L", "-R", "127.0.0.1:\(sink.port)"], in: workspace)
      let text = "<13>Xxx 99 99:99:99 app: hello"
      try syslogd.connect().send(text)
      try syslogd.waitForLog("hello")
      #expect(
        syslogd.log.last?.wholeMatch(
          of: #/[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d app: hello/#) != nil)
      try sink.wait(for: "hello")
      #expect(sink.datagrams == [Array("\(text)\n".utf8)])
    }

    @Test("-l N lets only what is more severe than N into the log, and everything to remotes")
    func severity() throws {
      let sink = try UDPSink()
      let syslogd = try Syslogd(
        ["-l", "4", "-L", "-R", "127.0.0.1:\(sink.port)"], in: workspace)
      let socket = try syslogd.connect()
      for severity in 0..<8 { try socket.send("<\(8 + severity)>app: severity \(severity)") }
      try sink.wait(for: "severity 7")
      try syslogd.waitForLog("severity 3")
      let logged = syslogd.log.filter { $0.contains("severity") }
      #expect(logged.count == 4 && logged.last?.hasSuffix("severity 3") == true)
      #expect(sink.datagrams.count == 8)
    }

    @Test("-O - is standard output")
    func standardOutput() throws {
      let syslogd = try Syslogd(["-S", "-O", "-"], in: workspace)
      try syslogd.connect().send(LocalOutput.text)
      try eventually("the line on standard output") {
        syslogd.process.output.contains("Jan  2 03:04:05 app[7]: hello\n")
      }
      #expect(!FileManager.default.fileExists(atPath: syslogd.paths.log))
    }

    @Test("with -R and without -L nothing is logged here, and with -L it is")
    func remoteOnly() throws {
      let sink = try UDPSink()
      let without = try Syslogd(["-R", "127.0.0.1:\(sink.port)"], in: workspace, name: "a")
      let with = try Syslogd(["-L", "-R", "127.0.0.1:\(sink.port)"], in: workspace, name: "b")
      try without.connect().send("<13>one")
      try with.connect().send("<13>two")
      try with.waitForLog("two")
      try eventually("both at the collector") { sink.collect() == 2 }
      try without.process.stop()
      #expect(!FileManager.default.fileExists(atPath: without.paths.log))
    }

    @Test("a log file that was removed or renamed comes back within seconds")
    func reopened() throws {
      let syslogd = try Syslogd([], in: workspace)
      let socket = try syslogd.connect()
      try socket.send("<13>before")
      try syslogd.waitForLog("before")
      let moved = workspace.file("moved")
      try FileManager.default.moveItem(atPath: syslogd.paths.log, toPath: moved)
      var sent = 0
      try eventually("the file is back", within: 5) {
        try socket.send("<13>after \(sent)")
        sent += 1
        return FileManager.default.fileExists(atPath: syslogd.paths.log)
      }
      try socket.send("<13>the end")
      try syslogd.waitForLog("the end")
      let both = (Lines.of(moved) + syslogd.log).filter { $0.contains("after ") }
      #expect(both.count == sent, "none is lost between the two files")
    }

    @Test("a reader of the log that goes away does not end the daemon")
    func readerGone() throws {
      let path = workspace.file("fifo")
      #expect(mkfifo(path, 0o600) == 0)
      let reader = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
      let sink = try UDPSink()
      let syslogd = try Syslogd(
        ["-O", path, "-L", "-R", "127.0.0.1:\(sink.port)"], in: workspace)
      var first: UInt8 = 0
      try eventually("the first line comes through") { read(reader, &first, 1) == 1 }
      close(reader)
      try syslogd.send(Messages(0..<10))
      try sink.wait(for: "n=9 ")
      #expect(syslogd.process.isRunning)
    }

    @Test("a full disk does not stop the daemon or its remotes")
    func fullDisk() throws {
      let sink = try UDPSink()
      let syslogd = try Syslogd(
        ["-O", "/dev/full", "-L", "-R", "127.0.0.1:\(sink.port)"], in: workspace)
      let messages = Messages(0..<100)
      try syslogd.send(messages)
      try sink.wait(for: "n=99 ")
      #expect(sink.datagrams.count == 100)
      #expect(syslogd.process.isRunning)
    }

    @Test("a log that has become as large as it may (ulimit -f) does not end the daemon")
    func sizeLimit() throws {
      let sink = try UDPSink()
      let syslogd = try Syslogd(
        ["-s", "0", "-L", "-R", "127.0.0.1:\(sink.port)"], in: workspace,
        wrapper: ["sh", "-c", "ulimit -f 8; exec \"$@\"", "sh"])
      let messages = Messages(0..<200)
      try syslogd.send(messages)
      try sink.wait(for: "n=199 ")
      #expect(syslogd.process.isRunning)
      let size = try FileManager.default.attributesOfItem(atPath: syslogd.paths.log)[.size]
      #expect([4096, 8192].contains(size as? Int), "sh counts in 512 or in 1024 bytes")
    }
  }
}
