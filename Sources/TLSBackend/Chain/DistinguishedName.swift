internal import Bytes

/// Names of subjects and issuers (RFC 5280 §4.1.2.4); each is a whole element.
///
/// They are compared as they are encoded, but without regard to case in ASCII (§7.1): authorities
/// write a name as they have written it before. What an attribute holds is looked at only to tell
/// somebody whose name it is.
enum DistinguishedName {
  /// The common name, or the organisation, or the organisational unit.
  @inline(never)
  static func words(_ bytes: [UInt8], _ range: Range<Int>) -> Text {
    let der = bytes.span
    var (found, best) = (0..<0, 0)
    var names = DERReader(range)
    _ = names.enter(DERReader.Tag.sequence, der)
    while !names.isAtEnd {
      var set = DERReader(names.read(DERReader.Tag.set, der))
      while !set.isAtEnd {
        let outer = set.enter(DERReader.Tag.sequence, der)
        let type = set.objectID(der).attribute
        let value = set.next(der)
        set.leave(outer)
        let rank = type == 3 ? 3 : type == 10 ? 2 : type == 11 ? 1 : 0
        if rank > best { (found, best) = (value, rank) }
      }
    }
    return Text(quotable: der.extracting(found))
  }

  /// Whether two names are the same.
  @inline(never)
  static func matches(
    _ left: [UInt8], _ name: Range<Int>, _ right: [UInt8], _ other: Range<Int>
  ) -> Bool {
    name.count == other.count
      && GeneralName.ends(left.span.extracting(name), with: right.span.extracting(other))
  }
}
