import Foundation
import Testing

/// BusyBox and our programs, side by side on machines of their own.
final class Comparison {
  private let workspace = Workspace()
  /// BusyBox's first.
  private let machines: [PrivateMachine]

  init() throws {
    let workspace = workspace
    machines = try Contender.allCases.map { try PrivateMachine($0, in: workspace) }
  }

  /// What each of them makes of the same trial, BusyBox's first.
  ///
  /// They run at the same time: most of a trial is waiting for processes.
  func outcomes(
    _ trial: Trial, without excluded: Contender? = nil
  ) throws -> [(contender: Contender, outcome: Outcome)] {
    let machines = machines.filter { $0.contender != excluded }
    let runs = try machines.map { try TrialRun(trial, on: $0) }
    for run in runs { try run.waitUntilDecided() }
    for run in runs { try run.sendFirst() }
    let changed = time(nil)
    try eventually("the clock goes") { time(nil) >= changed + trial.pause }
    for run in runs { try run.sendRest() }
    for run in runs { run.stop() }
    return try runs.map { ($0.machine.contender, try $0.outcome()) }
  }

  enum Expectation {
    case serves, refuses, either
  }

  /// Records an issue for whatever differs from BusyBox, and when BusyBox itself does not do what
  /// is expected; returns what was compared.
  @discardableResult
  func expectSame(
    _ trial: Trial, busyBox: Expectation = .serves,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> [Outcome] {
    let all = try namingTrial(trial) { try outcomes(trial) }
    let oracle = all[0].outcome
    let isExpected = oracle.hasServed ? busyBox != .refuses : busyBox != .serves
    if !isExpected { Issue.record("\(trial.name): \(oracle.ending)\n\(oracle.complaint)") }
    for (contender, outcome) in all.dropFirst() {
      if let difference = Comparison.difference(outcome, oracle) {
        Issue.record(
          "\(trial.name), \(contender): \(difference)", sourceLocation: sourceLocation)
      }
    }
    return all.map(\.outcome)
  }

  private func namingTrial<T>(_ trial: Trial, _ body: () throws -> T) throws -> T {
    do { return try body() } catch { throw Failure("\(trial.name): \(error)") }
  }

  /// A refusal has to be one line; its words are not BusyBox's.
  private static func difference(_ outcome: Outcome, _ oracle: Outcome) -> String? {
    guard outcome.isRefusal, oracle.isRefusal else { return outcome.difference(from: oracle) }
    guard outcome.isOneLine else { return "the refusal is not one line: \(outcome.complaint)" }
    return outcome.withoutComplaint().difference(from: oracle.withoutComplaint())
  }
}
