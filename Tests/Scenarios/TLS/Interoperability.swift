import Foundation
import Testing

extension Scenarios {
  @Suite("The interoperability grid") struct Interoperability {
    /// One running peer, to which all products connect in turn.
    private struct Stop: Sendable {
      let peer: GridPeer
      let release: GridCell.Release
      let key: GridCell.KeyType
    }

    /// Mostly they wait: for a peer to start, for a file to be written.
    private static let atOnce = 4

    @Test(
      "every product forwards to every peer with TLS 1.2 and 1.3, RSA and ECDSA, both framings (T3, T14, F1, F2, U3)"
    )
    func grid() throws {
      _ = try Certificates.shared()
      var libraries: [Backend: Backend.Library] = [:]
      for backend in Backend.allCases {
        do { libraries[backend] = try backend.library() } catch {
          Issue.record("\(error)")
        }
      }
      let grid = try Grid(libraries)
      let crew = OperationQueue()
      crew.maxConcurrentOperationCount = Interoperability.atOnce
      let known = libraries
      for stop in stops {
        crew.addOperation { visit(stop, known, grid) }
      }
      crew.waitUntilAllOperationsAreFinished()
      print(grid.table.map { "grid: \($0)" }.joined(separator: "\n"))
      try grid.write()
      for (cell, reason) in grid.failures where libraries[cell.product] != nil {
        Issue.record("\(cell): \(reason)")
      }
    }

    @Test("--tls-min 1.3 is refused at the start where the library has none, and named (U3)")
    func lowestVersion() throws {
      for backend in Backend.allCases {
        let workspace = Workspace()
        let library = try backend.library()
        let remote = Remote.tls(try FreePort.next(), ["--tls-min", "1.3"])
        guard !library.hasTLS13 else {
          _ = try Syslogd(remote, in: workspace, build: .embedded(backend))
          continue
        }
        let child = try Child(
          [try Programs.embedded(backend), "-n"]
            + Syslogd.Paths(in: workspace, name: "syslogd").arguments + remote,
          in: workspace, name: "syslogd")
        #expect(try child.wait() == .exit(1))
        #expect(child.errors.split(separator: "\n").count == 1, "\(child.errors)")
        #expect(child.errors.contains("--tls-min"), "\(child.errors)")
        #expect(child.errors.contains("\(library)"), "\(child.errors)")
      }
    }

    private var stops: [Stop] {
      GridPeer.allCases.flatMap { peer in
        GridCell.Release.allCases.flatMap { release in
          GridCell.KeyType.allCases.map { Stop(peer: peer, release: release, key: $0) }
        }
      }
    }

    private func visit(_ stop: Stop, _ libraries: [Backend: Backend.Library], _ grid: Grid) {
      let workspace = Workspace()
      let cells = Grid.cells.filter {
        $0.peer == stop.peer && $0.release == stop.release && $0.key == stop.key
      }
      do {
        let identity = try stop.key.identity()
        let station = try stop.peer.start(stop.release, identity, in: workspace)
        for cell in cells {
          guard let library = libraries[cell.product] else { continue }
          let trial = GridTrial(
            cell: cell, library: library, identity: identity, station: station)
          grid.record(trial.outcome(), of: cell)
        }
      } catch {
        for cell in cells { grid.record(.failed("\(error)"), of: cell) }
      }
    }
  }
}
