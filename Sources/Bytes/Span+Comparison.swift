extension Span<UInt8> {
  public func starts(with prefix: Literal) -> Bool {
    count >= prefix.count && extracting(first: prefix.count).equals(prefix)
  }

  public func ends(with suffix: Literal) -> Bool {
    count >= suffix.count && extracting(last: suffix.count).equals(suffix)
  }

  @inline(never)
  public func equals(_ text: Literal) -> Bool {
    for index in indices where self[index] != text[index] || text[index] == 0 { return false }
    return text[count] == 0
  }

  /// Whether this is the host name `name`, in any case (RFC 4343). Nothing is no name.
  @inline(never)
  public func isName(_ name: Span<UInt8>) -> Bool {
    guard count == name.count else { return false }
    for index in indices where self[index].lowercased != name[index].lowercased { return false }
    return count > 0
  }

  public func equals(_ bytes: Span<UInt8>) -> Bool {
    guard count == bytes.count else { return false }
    for index in indices where self[index] != bytes[index] { return false }
    return true
  }
}

extension [UInt8] {
  /// Appends a copy of `bytes`.
  public mutating func append(copying bytes: Span<UInt8>) {
    unsafe bytes.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
  }
}

extension ArraySlice<UInt8> {
  public func starts(with prefix: Literal) -> Bool { span.starts(with: prefix) }

  /// What stands between separators, the empty too; the last of `limit` parts has the rest.
  @inline(never)
  public func parts(between separator: UInt8, limit: Int = .max) -> [ArraySlice<UInt8>] {
    var parts: [ArraySlice<UInt8>] = []
    var begin = startIndex
    for index in indices where self[index] == separator && parts.count < limit - 1 {
      parts.append(self[begin..<index])
      begin = index + 1
    }
    parts.append(self[begin..<endIndex])
    return parts
  }
}
