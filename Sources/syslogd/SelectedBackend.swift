// The only file that reads a TLS trait: which library this product was built with.
import TLSBackend

#if OpenSSL && GnuTLS || OpenSSL && MbedTLS || GnuTLS && MbedTLS
  #error("Choose one TLS library: the traits OpenSSL, GnuTLS and MbedTLS exclude each other.")
#elseif OpenSSL
  import BackendOpenSSL
  typealias SelectedBackend = OpenSSLBackend
#elseif GnuTLS
  import BackendGnuTLS
  typealias SelectedBackend = GnuTLSBackend
#elseif MbedTLS
  import BackendMbedTLS
  typealias SelectedBackend = MbedTLSBackend
#else
  typealias SelectedBackend = NoTLS
#endif
