extension StaticString {
  /// The characters with the NUL that the compiler puts behind every literal.
  public var cString: UnsafePointer<CChar> {
    unsafe UnsafeRawPointer(utf8Start).assumingMemoryBound(to: CChar.self)
  }
}
