import Foundation

/// One thread that never ends, on which all child processes are started.
///
/// A child is told to die with its parent (PR_SET_PDEATHSIG), and for Linux the parent is the
/// *thread* that made it: started from a thread of Swift's pool, it would die at that thread's
/// whim.
final class Spawner: @unchecked Sendable {
  static let shared = Spawner()

  private let condition = NSCondition()
  private var work: [@Sendable () -> Void] = []

  private init() {
    Thread { [self] in
      while true { next()() }
    }.start()
  }

  /// Runs `body` on the thread and waits for it.
  func run<T: Sendable>(_ body: @escaping @Sendable () -> T) -> T {
    let answer = Answer<T>()
    condition.withLock {
      work.append { answer.set(body()) }
      condition.signal()
    }
    return answer.wait()
  }

  private func next() -> @Sendable () -> Void {
    condition.withLock {
      while work.isEmpty { condition.wait() }
      return work.removeFirst()
    }
  }
}

/// A value that one thread sets and another waits for.
final class Answer<T: Sendable>: @unchecked Sendable {
  private let condition = NSCondition()
  private var value: T?

  func set(_ value: T) {
    condition.withLock {
      self.value = value
      condition.signal()
    }
  }

  func wait() -> T {
    condition.withLock {
      while true {
        if let value { return value }
        condition.wait()
      }
    }
  }
}
