import Testing

extension Scenarios {
  /// Compares private memory: code, data, heap and stack. The code of libc is shared with other
  /// processes and does not count. Each daemon runs from a copy of its program; otherwise another
  /// process that runs the same file would make its code look shared.
  @Suite("Memory beside BusyBox") struct MemoryBesideBusyBox {
    /// How many KB more than BusyBox's syslogd the build without TLS may use.
    static let allowance = 300

    let workspace = Workspace()

    @Test(
      "the build without TLS uses at most 300 KB more than BusyBox's syslogd",
      arguments: MeasuredDaemon.Target.allCases)
    func besideBusyBox(target: MeasuredDaemon.Target) throws {
      // Sockets made in this namespace have a queue long enough to fill a batch at once.
      let network = try NetworkNamespace(
        in: workspace, setUp: "echo 512 >/proc/sys/net/unix/max_dgram_qlen")
      let theirs = try course(
        of: MeasuredDaemon(try Contender.busyBox(), ["syslogd"], target, in: network))
      let ours = try course(
        of: MeasuredDaemon(
          try Programs.withoutTLS(), ["--pid-file", "/run/syslogd.pid"], target, in: network))
      for (our, their) in zip(ours, theirs) {
        #expect(
          our.use.total <= their.use.total + Self.allowance,
          "\(our.moment): \(our.use), BusyBox \(their.use)")
      }
    }

    private func course(
      of daemon: MeasuredDaemon
    ) throws -> [(moment: String, use: MemoryUse)] {
      var course = [(moment: "at the start", use: try daemon.use())]
      try daemon.receive(100_000, ofBytes: 100)
      course.append((moment: "after 100,000 messages", use: try daemon.use()))
      // Both daemons receive messages of this length whole.
      let queued = try daemon.receiveAtOnce(ofBytes: 8000)
      #expect(queued >= 64, "more than any batch")
      course.append((moment: "after a burst of long messages", use: try daemon.use()))
      return course
    }
  }
}
