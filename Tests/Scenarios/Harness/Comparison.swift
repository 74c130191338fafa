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
  func outcomes(_ trial: Trial) throws -> [(contender: Contender, outcome: Outcome)] {
    let runs = try machines.map { try TrialRun(trial, on: $0) }
    for run in runs { try run.waitUntilDecided() }
    for run in runs { try run.send() }
    for run in runs { run.stop() }
    return try runs.map { ($0.machine.contender, try $0.outcome()) }
  }

  /// Records an issue for whatever differs from BusyBox. `name` says which trial it is.
  func expectSame(
    _ trial: Trial, _ name: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let all = try outcomes(trial)
    for (contender, outcome) in all.dropFirst() {
      if let difference = outcome.difference(from: all[0].outcome) {
        Issue.record("\(name), \(contender): \(difference)", sourceLocation: sourceLocation)
      }
    }
  }
}
