import Glibc

/// Functions of glibc that Swift's Glibc module does not show.
enum LibC {
  private typealias TwoInts = @convention(c) (Int32, Int32) -> Int32
  private typealias PointerAndInt = @convention(c) (UnsafeMutableRawPointer, Int32) -> Int32

  /// Moves the calling thread into a namespace. The corresponding C function is `setns`.
  static func setns(_ descriptor: Int32, _ kind: Int32) throws -> Int32 {
    unsafeBitCast(try symbol("setns"), to: TwoInts.self)(descriptor, kind)
  }

  /// The corresponding C function is `posix_spawn_file_actions_addclosefrom_np`.
  static func closeFrom(_ actions: inout posix_spawn_file_actions_t, _ first: Int32) throws {
    let function = unsafeBitCast(
      try symbol("posix_spawn_file_actions_addclosefrom_np"), to: PointerAndInt.self)
    _ = function(&actions, first)
  }

  private static func symbol(_ name: String) throws -> UnsafeMutableRawPointer {
    guard let address = dlsym(nil, name) else { throw Failure("this libc has no \(name)") }
    return address
  }

  /// errno as text, for a failure's reason.
  static var lastError: String { String(cString: strerror(errno)) }
}
