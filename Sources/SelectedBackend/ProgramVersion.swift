public import Bytes
internal import Features
public import TLSBackend

/// The version of the programs that are built here.
public enum ProgramVersion {
  public static var number: Literal { "0.1.0" }

  /// The programs' version, the library's, and how they were compiled.
  public static func words(_ backend: TLSCapabilities) -> Text {
    var words: Text = "\(number) (\(backend.library)"
    if !backend.version.isEmpty { words += " \(backend.version)" }
    // Said because the two builds differ in size and in what they need at run time.
    #if hasFeature(Embedded)
      words += ", embedded"
    #endif
    return words + missing + ")"
  }

  /// What this program was built without; nothing when it has everything.
  private static var missing: Text {
    var missing: Text = ""
    var count = 0
    for feature in Feature.allCases where !feature.isBuilt {
      missing += count == 0 ? ", without " : " "
      missing += Text(feature.name)
      count += 1
    }
    return count == Feature.allCases.count ? ", seed" : missing
  }
}
