import BackendGnuTLS
import TLSBackend
import Testing

@Suite("GnuTLS and FIPS 140")
struct GnuTLSFIPSTests {
  @Test("a library that is not in strict mode is no FIPS module, and says what it takes")
  func refuses() throws {
    var parameters = TLSParameters()
    parameters.requiresFIPS = true
    do {
      let context = try GnuTLSContext(parameters)
      // Only where the distribution's GnuTLS is built for FIPS, and the kernel asks for it.
      #expect(context.fipsModule != nil)
    } catch {
      let words = String(decoding: error.reason.bytes, as: UTF8.self)
      #expect(error.kind == .configuration)
      #expect(words.hasPrefix("--fips: the FIPS mode of GnuTLS "))
      #expect(words.hasSuffix("it takes a GnuTLS built for FIPS 140 and a kernel with fips=1"))
    }
    #expect(try GnuTLSContext(TLSParameters()).fipsModule == nil)
  }
}
