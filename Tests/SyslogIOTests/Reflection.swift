@testable import SyslogIO

// When an expectation fails, Swift Testing looks into the values in it. The runtime cannot copy a
// field of a ~Copyable type, and a failure would end the whole run instead of being reported.

/// A class that has, somewhere inside, what must not be looked at.
public protocol Opaque: CustomReflectable {}

extension Opaque {
  public var customMirror: Mirror { Mirror(self, children: []) }
}

extension SocketPair: Opaque {}
extension Sink: Opaque {}
extension Connection: Opaque {}
extension RemoteUnderTest: Opaque {}
extension StreamTransport: Opaque, CustomReflectable where TLS: ~Copyable {}
extension UDPTransport: Opaque, CustomReflectable {}
extension Resolver: Opaque, CustomReflectable {}
extension LogFile: Opaque, CustomReflectable {}
extension LocalOutput: Opaque, CustomReflectable {}
extension Signals: Opaque, CustomReflectable {}
