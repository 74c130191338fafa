import Foundation

/// A private network with nothing but its own loopback, and a private mount table.
///
/// Unix sockets in the file system reach across; TCP and UDP do not.
final class NetworkNamespace {
  private let holder: Child

  /// `setUp` is shell text that runs inside before anything else, as root of that namespace.
  init(in workspace: Workspace, setUp: String = "") throws {
    let ready = workspace.file("namespace-ready")
    holder = try Child(
      [
        "unshare", "-m", "-n", "sh", "-ec",
        "ip link set lo up\n\(setUp)\n: >\(ready)\nexec sleep 3600",
      ], in: workspace, name: "namespace")
    let holder = holder
    try eventually("a network namespace is made (needs root)\n\(holder.everything)") {
      guard holder.isRunning else { throw Failure("no namespace\n\(holder.everything)") }
      return FileManager.default.fileExists(atPath: ready)
    }
  }

  /// The process that holds it.
  var pid: pid_t { holder.pid }

  /// The command that runs another one inside, in its own place.
  var wrapper: [String] { ["nsenter", "-t", "\(holder.pid)", "-m", "-n", "--"] }

  /// A socket that belongs to this network, for the test itself.
  func socket(_ kind: SocketKind, boundTo host: String, port: Int = 0) throws -> InetSocket {
    let path = "/proc/\(holder.pid)/ns/net"
    let answer = Answer<Result<SocketBox, Failure>>()
    // The namespace belongs to the thread, so the thread is used for nothing else.
    Thread {
      let namespace = open(path, O_RDONLY | O_CLOEXEC)
      defer { close(namespace) }
      do {
        guard try LibC.setns(namespace, 0) == 0 else {
          throw Failure("cannot enter \(path): \(LibC.lastError)")
        }
        answer.set(.success(SocketBox(socket: try InetSocket(kind, boundTo: host, port: port))))
      } catch {
        answer.set(.failure(Failure("\(error)")))
      }
    }.start()
    return try answer.wait().get().socket
  }
}

/// Carries a socket from the thread that made it to the one that uses it.
private struct SocketBox: @unchecked Sendable {
  let socket: InetSocket
}
