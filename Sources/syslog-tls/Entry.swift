import SyslogTLS

/// The program's entry: SwiftPM gives `main` this name. What it does is in SyslogTLS, which a
/// program that is both syslogd and syslog-tls has as well.
@c(syslog_tls_main)
public func main(
  _ count: Int32, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
) -> Int32 {
  unsafe syslogTLS(count, arguments)
}
