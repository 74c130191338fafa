internal import Bytes
internal import CPosix

/// Variables by which a service manager says what it has prepared.
enum Environment {
  /// Nil when it is not set. The corresponding C function is `getenv`.
  static func text(_ name: Literal) -> Text? {
    guard let value = unsafe getenv(name.cString) else { return nil }
    return unsafe Text(cString: value)
  }

  /// The number at the start of the value, 0 when there is none. The corresponding C function is
  /// `atol`.
  static func number(_ name: Literal) -> Int {
    guard let value = unsafe getenv(name.cString) else { return 0 }
    return unsafe Int(atol(value))
  }

  /// The corresponding C function is `unsetenv`.
  static func remove(_ name: Literal) {
    _ = unsafe unsetenv(name.cString)
  }
}
