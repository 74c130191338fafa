import CPosix

/// Runs a command and gives what it writes to its standard output.
func shell(_ command: String) -> String {
  guard let pipe = popen(command, "re") else { return "popen: \(errorWords())" }
  var bytes: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: 65536)
  while true {
    let count = fread(&buffer, 1, buffer.count, pipe)
    if count == 0 { break }
    bytes += buffer.prefix(count)
  }
  pclose(pipe)
  return String(decoding: bytes, as: UTF8.self)
}

/// Whether a test may have IPC objects and mounts of its own. Root has; without it such a test is
/// left out, but never in `.ci/run`, where it fails.
let canUnshare =
  getenv("CI") != nil || shell("unshare -im true 2>&1 && echo yes") == "yes\n"
