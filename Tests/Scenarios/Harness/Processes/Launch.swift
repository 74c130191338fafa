import Foundation

/// What `posix_spawn` needs, gathered where errors can be thrown, used on the spawner's thread.
struct Launch: Sendable {
  struct Started {
    let pid: pid_t
    let input: Int32
  }

  let arguments: [String]
  let environment: [String]
  let output: String
  let errors: String
  let heldInput: Bool
  let passed: Int32?

  func start() -> Result<Started, Failure> {
    var ends: [Int32] = [-1, -1]
    if heldInput, pipe(&ends) != 0 { return .failure(Failure("pipe: \(LibC.lastError)")) }
    for end in ends where end >= 0 { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    defer { if ends[0] >= 0 { close(ends[0]) } }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    if heldInput {
      posix_spawn_file_actions_adddup2(&actions, ends[0], 0)
    } else {
      posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    }
    let flags = O_WRONLY | O_CREAT | O_TRUNC | O_APPEND
    posix_spawn_file_actions_addopen(&actions, 1, output, flags, 0o644)
    posix_spawn_file_actions_addopen(&actions, 2, errors, flags, 0o644)
    if let passed { posix_spawn_file_actions_adddup2(&actions, passed, 3) }
    do { try LibC.closeFrom(&actions, passed == nil ? 3 : 4) } catch {
      return .failure(Failure("\(error)"))
    }
    // Threads of the pool may have signals blocked, which a child would inherit.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    let argv = arguments.map { strdup($0) } + [nil]
    let envp = environment.map { strdup($0) } + [nil]
    defer { for pointer in argv + envp { free(pointer) } }
    var pid: pid_t = 0
    let code = posix_spawn(&pid, arguments[0], &actions, &attributes, argv, envp)
    guard code == 0 else {
      return .failure(Failure("cannot start \(arguments[0]): \(String(cString: strerror(code)))"))
    }
    return .success(Started(pid: pid, input: ends[1]))
  }
}
