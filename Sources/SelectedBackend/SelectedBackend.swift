// The only file that reads a TLS trait, as Sources/Features is for the others: which library these products were built with.
//
// The backend's module is handed on, because a conformance that is declared in an extension, as
// TLSKeyMaker's is, is seen only by who imports it.
#if OpenSSL && GnuTLS || OpenSSL && MbedTLS || GnuTLS && MbedTLS
  #error("Choose one TLS library: the traits OpenSSL, GnuTLS and MbedTLS exclude each other.")
#elseif FIPS && MbedTLS
  #error("Mbed TLS has no FIPS module: the traits FIPS and MbedTLS exclude each other.")
#elseif OpenSSL
  @_exported public import BackendOpenSSL
  public typealias SelectedBackend = OpenSSLBackend
#elseif GnuTLS
  @_exported public import BackendGnuTLS
  public typealias SelectedBackend = GnuTLSBackend
#elseif MbedTLS
  @_exported public import BackendMbedTLS
  public typealias SelectedBackend = MbedTLSBackend
#else
  public typealias SelectedBackend = NoTLS
#endif

/// Whether this product has TLS at all. Known to the compiler, so that a product without it has no
/// code for what concerns only TLS.
public var hasTLS: Bool {
  #if OpenSSL || GnuTLS || MbedTLS
    true
  #else
    false
  #endif
}

/// Whether this product cannot be used without FIPS: `--fips` holds whether it is given or not.
public var alwaysRequiresFIPS: Bool {
  #if FIPS
    true
  #else
    false
  #endif
}

/// Whether syslogd is also syslog-tls, when it is called by that name. Known to the compiler, so that
/// otherwise syslogd has no code of syslog-tls.
public var isMulticall: Bool {
  #if Multicall
    true
  #else
    false
  #endif
}
