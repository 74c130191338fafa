import Foundation

/// Files by the bytes of their names: Foundation changes those that are not UTF-8.
struct FileTree {
  /// A path as C has it.
  private let path: [CChar]

  init(_ path: String) {
    self.path = Array(path.utf8CString)
  }

  private init(_ folder: FileTree, _ name: [CChar]) {
    path = folder.path.dropLast() + [CChar(bitPattern: 47)] + name
  }

  /// What is in a folder; nothing when it is none.
  var entries: [FileTree] {
    guard let folder = opendir(path) else { return [] }
    defer { closedir(folder) }
    var entries: [FileTree] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { start in
          Array(UnsafeBufferPointer(start: start, count: strlen(start) + 1))
        }
      }
      if name.first != 46 { entries.append(FileTree(self, name)) }
    }
    return entries
  }

  var name: String {
    String(
      decoding: path.dropLast().split(separator: 47).last?.map(UInt8.init) ?? [], as: UTF8.self)
  }

  /// Kind and permissions; 0 when it is not there.
  var mode: mode_t {
    var status = stat()
    return lstat(path, &status) == 0 ? status.st_mode : 0
  }

  var isFolder: Bool { mode & S_IFMT == S_IFDIR }

  /// The content of a regular file.
  var content: [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return [] }
    defer { close(descriptor) }
    var content: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = read(descriptor, &buffer, buffer.count)
      guard count > 0 else { return content }
      content += buffer[..<count]
    }
  }

  /// Removes it, and what is in it.
  func remove() throws {
    if unlink(path) == 0 { return }
    for entry in entries { try entry.remove() }
    guard rmdir(path) == 0 else { throw Failure("cannot remove \(name): \(LibC.lastError)") }
  }
}
