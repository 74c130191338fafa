import CPosix
import SelectedBackend
import SyslogIO
import TLSBackend

/// The program's entry: SwiftPM gives `main` this name.
@c(syslog_tls_main)
public func main(
  _ count: Int32, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
) -> Int32 { 1 }
