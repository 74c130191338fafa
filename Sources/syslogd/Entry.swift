@c(syslogd_main) public func entry() -> Int32 { 0 }
