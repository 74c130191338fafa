import Testing

extension Scenarios {
  /// Compared is what each process has for itself alone: its code, data, heap and stack. libc's
  /// code, which both share with everybody, is left out, and each runs a copy of its program, so
  /// that another process with the same one does not make its code look free.
  @Suite("Memory") struct Memory {
    /// KB that the build without TLS may need above BusyBox's syslogd.
    static let allowance = 300

    let workspace = Workspace()

    @Test(
      "the build without TLS keeps within 300 KB of BusyBox's syslogd, whatever it has received",
      arguments: MeasuredDaemon.Target.allCases)
    func besideBusyBox(target: MeasuredDaemon.Target) throws {
      // The queue of a socket that is made in here is long enough to fill any batch at once.
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
      // As long as both take them whole.
      let queued = try daemon.receiveAtOnce(ofBytes: 8000)
      #expect(queued >= 64, "more than any batch")
      course.append((moment: "after a burst of long messages", use: try daemon.use()))
      return course
    }
  }
}
