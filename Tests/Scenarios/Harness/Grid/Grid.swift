import Foundation

/// What came of every cell: a table for people, and the same for programs.
final class Grid: @unchecked Sendable {
  private let lock = NSLock()
  private var outcomes: [GridCell: GridTrial.Outcome] = [:]
  private let libraries: [Backend: Backend.Library]
  private let versions: [GridPeer: String]

  init(_ libraries: [Backend: Backend.Library]) throws {
    self.libraries = libraries
    versions = try Dictionary(
      uniqueKeysWithValues: GridPeer.allCases.map { ($0, try $0.version()) })
  }

  func record(_ outcome: GridTrial.Outcome, of cell: GridCell) {
    lock.withLock { outcomes[cell] = outcome }
  }

  static let cells: [GridCell] = Backend.allCases.flatMap { product in
    GridPeer.allCases.flatMap { peer in
      GridCell.Release.allCases.flatMap { release in
        GridCell.KeyType.allCases.flatMap { key in
          GridCell.Framing.allCases.map {
            GridCell(product: product, peer: peer, release: release, key: key, framing: $0)
          }
        }
      }
    }
  }

  /// The cells that are not as they must be, each with the reason.
  var failures: [(GridCell, String)] {
    Grid.cells.compactMap { cell in
      switch outcomes[cell] {
      case .failed(let reason): (cell, reason)
      case nil: (cell, "not tried")
      case .delivered, .deliveredWith, .notAvailable: nil
      }
    }
  }

  /// One line for each product, peer, version and key type, with both framings.
  var table: [String] {
    let products = Backend.allCases.compactMap { backend in
      libraries[backend].map { "\(backend.rawValue) is \($0)" }
    }
    let peers = GridPeer.allCases.map { "\($0.rawValue) \(versions[$0] ?? "")" }
    let head = [
      "products: \(products.joined(separator: ", "))",
      "peers: \(peers.joined(separator: ", "))",
      row(["product", "peer", "version", "key", "octet", "lf"]),
    ]
    return head
      + Grid.cells.filter { $0.framing == .octet }.map { cell in
        let words = GridCell.Framing.allCases.map { framing in
          word(
            for: GridCell(
              product: cell.product, peer: cell.peer, release: cell.release, key: cell.key,
              framing: framing))
        }
        return row(
          [cell.product.rawValue, cell.peer.rawValue, cell.release.rawValue, cell.key.rawValue]
            // What a library cannot is the same in both framings.
            + (words[0] == words[1] && words[0].hasPrefix("n/a") ? [words[0]] : words))
      }
  }

  private func word(for cell: GridCell) -> String {
    switch outcomes[cell] {
    case .delivered: "ok"
    case .deliveredWith(let option, _): "ok with \(option)"
    case .notAvailable(let reason, _): "n/a: \(reason)"
    case .failed: "FAILED"
    case nil: "not tried"
    }
  }

  private func row(_ columns: [String]) -> String {
    let widths = [8, 17, 8, 6, 7]
    let padded = columns.enumerated().map { index, text in
      index < widths.count
        ? text.padding(toLength: max(widths[index], text.count), withPad: " ", startingAt: 0)
        : text
    }
    return padded.joined(separator: " ").trimmingCharacters(in: .whitespaces)
  }
}

// MARK: For programs

extension Grid {
  private struct Record: Encodable {
    struct Program: Encodable {
      let name: String
      let version: String
    }

    struct Cell: Encodable {
      let product: String
      let peer: String
      let tls: String
      let key: String
      let framing: String
      /// ok, n/a or failed.
      let result: String
      /// What was negotiated, what the library lacks, or what failed.
      let detail: String
      /// Of n/a: the words of the refusal.
      let refusal: String?
    }

    let products: [String: Program]
    let peers: [Program]
    let cells: [Cell]
  }

  /// Leaves `build/grid.txt` and `build/grid.json`.
  func write() throws {
    let record = Record(
      products: Dictionary(
        uniqueKeysWithValues: libraries.map {
          ($0.rawValue, Record.Program(name: $1.name, version: $1.version))
        }),
      peers: GridPeer.allCases.map {
        Record.Program(name: $0.rawValue, version: versions[$0] ?? "")
      },
      cells: Grid.cells.map(record))
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let folder = URL(fileURLWithPath: "\(Programs.packageRoot)/build")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try encoder.encode(record).write(to: folder.appending(path: "grid.json"), options: .atomic)
    try Data((table.joined(separator: "\n") + "\n").utf8).write(
      to: folder.appending(path: "grid.txt"), options: .atomic)
  }

  private func record(_ cell: GridCell) -> Record.Cell {
    let (result, detail, refusal): (String, String, String?) =
      switch outcomes[cell] {
      case .delivered(let agreed): ("ok", agreed, nil)
      case .deliveredWith(let option, let agreed): ("ok", "\(agreed), with \(option)", nil)
      case .notAvailable(let reason, let refusal): ("n/a", reason, refusal)
      case .failed(let reason): ("failed", reason, nil)
      case nil: ("failed", "not tried", nil)
      }
    return Record.Cell(
      product: cell.product.rawValue, peer: cell.peer.rawValue, tls: cell.release.rawValue,
      key: cell.key.rawValue, framing: cell.framing.rawValue, result: result, detail: detail,
      refusal: refusal)
  }
}
