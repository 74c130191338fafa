import TLSBackend
import Testing

@testable import BackendGnuTLS

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
      #expect(error.kind == .configuration && error.parameter == .fips)
      #expect(error.reason == .notStrict(FIPSMode.current, GnuTLSBackend.capabilities.name))
    }
    #expect(try GnuTLSContext(TLSParameters()).fipsModule == nil)
  }
}
