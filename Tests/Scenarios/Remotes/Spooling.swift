import Foundation
import Testing

extension Scenarios {
  @Suite("A spool for a collector that is away longer than the queue lasts") struct Spooling {
    let workspace = Workspace()

    private func arguments(_ port: Int, _ identity: Identity, size: String = "8M") -> [String] {
      ["-L"]
        + Remote.tls(
          port, pins: [identity.publicKey],
          ["--queue", "64K", "--spool", "\(workspace.file("spool")):\(size)"])
    }

    @Test(
      "what had reached the spool when the daemon was killed arrives in order, before what is new",
      arguments: Backend.allCases)
    func killed(backend: Backend) throws {
      let identity = try Certificates.shared().rsa
      let port = try FreePort.next()
      let all = Messages(0..<12_000)
      let first = try Syslogd(
        arguments(port, identity), in: workspace, build: .embedded(backend), name: "first")
      try first.connect().send(Array(all.datagrams[..<10_000]))
      // A line of the local log is written behind the spool.
      try first.waitForLog("n=9999 ", within: 30)
      first.process.send(SIGKILL)
      _ = try first.process.wait()
      let second = try Syslogd(
        arguments(port, identity), in: workspace, build: .embedded(backend), name: "second")
      try second.waitToSay(["from before, which come first"], about: port)
      try second.connect().send(Array(all.datagrams[10_000...]))
      let collector = try RsyslogCollector(.ossl, identity, in: workspace, port: port)
      try collector.wait(for: Messages(9_000..<12_000))
      let got = all.found(in: collector.lines)
      // The queue of 64 KB is lost with the process; nothing else is.
      #expect(got == Array(all.contents.suffix(got.count)))
      #expect(got.count > 12_000 - 1_000)
    }

    @Test(
      "with --replay also what a collector died with unread arrives, over an outage and a restart",
      arguments: Backend.allCases)
    func replayed(backend: Backend) throws {
      let identity = try Certificates.shared().rsa
      let collector = try RsyslogCollector(.ossl, identity, in: workspace)
      let options = arguments(collector.port, identity) + ["--replay", "64K"]
      let first = try Syslogd(options, in: workspace, build: .embedded(backend), name: "first")
      let all = [
        Messages(0..<100, run: "read"), Messages(0..<60, run: "unread", size: 300),
        Messages(0..<3_000, run: "away"), Messages(0..<50, run: "again"),
      ]
      try first.send(all[0])
      try collector.wait(for: all[0])
      collector.process.send(SIGSTOP)
      try first.send(all[1])
      try eventually("all are acknowledged", within: 30) {
        first.process.send(SIGUSR1)
        return first.log.contains { $0.contains("acknowledged 160, waiting 0,") }
      }
      collector.crash()
      try first.waitToSay(["next attempt"], about: collector.port)
      try first.send(all[2])
      try first.waitToSay(["messages go to the spool"], about: collector.port)
      try first.waitForLog("run away n=2999 ", within: 30)
      #expect(try first.process.stop() == .signal(SIGTERM))
      // All of the first two, and what was logged since.
      #expect(first.log.contains { $0.contains("keeps 3160 messages for the next start") })
      let second = try Syslogd(options, in: workspace, build: .embedded(backend), name: "second")
      try second.send(all[3])
      try collector.restart()
      try collector.wait(for: all[3])
      var kept: [String] = []
      var seen: Set<String> = []
      let lines = collector.lines
      for line in lines where seen.insert(line).inserted { kept.append(line) }
      for messages in all { messages.expectDelivered(to: kept) }
      // A copy is its original, byte for byte, and so has its number.
      #expect(lines.count - kept.count == 100, "what it had read comes again, once")
      let numbers = kept.compactMap { line in
        line.firstMatch(of: #/\[meta sequenceId="(\d+)"\]/#).flatMap { Int($0.1) }
      }
      #expect(numbers == Array(1...3_160) + Array(1...50))
      _ = second
    }

    @Test("a restart loses nothing, however often, and no message comes twice")
    func restarted() throws {
      let identity = try Certificates.shared().rsa
      let port = try FreePort.next()
      let all = Messages(0..<3_000)
      for round in 0..<3 {
        let syslogd = try Syslogd(arguments(port, identity), in: workspace, name: "run\(round)")
        let part = all.datagrams[round * 1_000..<(round + 1) * 1_000]
        try syslogd.connect().send(Array(part))
        try syslogd.waitForLog("n=\(round * 1_000 + 999) ", within: 30)
        #expect(try syslogd.process.stop() == .signal(SIGTERM))
      }
      let collector = try RsyslogCollector(.ossl, identity, in: workspace, port: port)
      let last = try Syslogd(arguments(port, identity), in: workspace, name: "last")
      try collector.wait(for: all)
      all.expectDelivered(to: collector.lines)
      #expect(try last.process.stop() == .signal(SIGTERM))
    }

    @Test("a damaged file is said in one line, and what is whole arrives in order")
    func damaged() throws {
      let identity = try Certificates.shared().rsa
      let port = try FreePort.next()
      let all = Messages(0..<5_000)
      let first = try Syslogd(arguments(port, identity), in: workspace, name: "first")
      try first.send(all)
      try first.waitForLog("n=4999 ", within: 30)
      first.process.send(SIGKILL)
      _ = try first.process.wait()
      let url = URL(fileURLWithPath: workspace.file("spool"))
      let place = try #require(try Data(contentsOf: url).range(of: Data("n=2500 ".utf8)))
      let file = try FileHandle(forUpdating: url)
      try file.seek(toOffset: UInt64(place.lowerBound))
      try file.write(contentsOf: Data(repeating: 0xA5, count: 5_000))
      try file.close()
      let collector = try RsyslogCollector(.ossl, identity, in: workspace, port: port)
      let second = try Syslogd(arguments(port, identity), in: workspace, name: "second")
      try collector.wait(for: Messages(4_900..<5_000))
      try second.waitToSay(
        ["bytes of the spool \(workspace.file("spool")) are damaged and left out"], about: port)
      let got = all.found(in: collector.lines)
      let numbers = Dictionary(uniqueKeysWithValues: zip(all.contents, all.numbers))
      let places = got.compactMap { numbers[$0] }
      #expect(places == places.sorted() && Set(places).count == places.count)
      #expect(got.count > 4_000)
    }

    @Test("--check says what waits in it, that a daemon has it, and what is wrong with it")
    func checked() throws {
      let identity = try Certificates.shared().rsa
      let port = try FreePort.next()
      let spool = workspace.file("spool")
      let remote = Array(arguments(port, identity).dropFirst())
      func check() throws -> Check { try Check(remote, .openssl, in: workspace) }
      #expect(try check().words.contains("spool \(spool) is not there yet and takes 8388608 bytes"))
      #expect(!FileManager.default.fileExists(atPath: spool))
      let syslogd = try Syslogd(arguments(port, identity), in: workspace)
      try syslogd.send(Messages(0..<2_000))
      try syslogd.waitForLog("n=1999 ", within: 30)
      let beside = try check()
      #expect(beside.words.contains("only the queue in memory: it is in use by another"))
      #expect(beside.verdict.hasSuffix("cannot connect: Connection refused"))
      #expect(try syslogd.process.stop() == .signal(SIGTERM))
      let before = try Data(contentsOf: URL(fileURLWithPath: spool))
      #expect(try check().words.contains("spool \(spool) holds 2000 messages in "))
      #expect(try Data(contentsOf: URL(fileURLWithPath: spool)) == before)
      try workspace.write("precious", to: "spool")
      let foreign = try check()
      #expect(foreign.ending == .exit(1))
      #expect(foreign.words.contains("it holds something else and is left as it is"))
      let collector = try RsyslogCollector(.ossl, identity, in: workspace, port: port)
      #expect(
        try check().verdict
          == "remote 127.0.0.1:\(collector.port): cannot use the spool \(spool), "
          + "only the queue in memory: it holds something else and is left as it is")
    }

    @Test(
      "as another user, in the sandbox, it works as well",
      .enabled(if: geteuid() == 0, "only root can become somebody else"))
    func sandboxed() throws {
      let identity = try Certificates.shared().rsa
      let port = try FreePort.next()
      let all = Messages(0..<5_000)
      let syslogd = try Syslogd(
        ["--user", "nobody"] + arguments(port, identity), in: workspace)
      try syslogd.send(all)
      try syslogd.waitForLog("n=4999 ", within: 30)
      try syslogd.waitToSay(["messages go to the spool"], about: port)
      let collector = try RsyslogCollector(.ossl, identity, in: workspace, port: port)
      try collector.wait(for: all)
      all.expectDelivered(to: collector.lines)
    }

    @Test(
      "on a disk that is full the daemon starts, says so in one line, and goes on without",
      .enabled(if: geteuid() == 0, "only root can mount"))
    func fullDisk() throws {
      let identity = try Certificates.shared().rsa
      let collector = try RsyslogCollector(.ossl, identity, in: workspace)
      let folder = try workspace.folder("small")
      let script = "mount -t tmpfs -o size=1m tmpfs \(folder) && exec \"$@\""
      let syslogd = try Syslogd(
        ["-L"]
          + Remote.tls(
            collector.port, pins: [identity.publicKey], ["--spool", "\(folder)/spool:4M"]),
        in: workspace, wrapper: ["unshare", "-m", "sh", "-ec", script, "sh"])
      try syslogd.waitToSay(["No space left on device"], about: collector.port)
      let messages = Messages(0..<100)
      try syslogd.send(messages)
      try collector.wait(for: messages)
      messages.expectDelivered(to: collector.lines)
      #expect(syslogd.saysAboutRemote(collector.port).count { $0.contains("spool") } == 1)
    }
  }
}
