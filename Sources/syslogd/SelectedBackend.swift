// The only file that reads a TLS trait: which library this product was built with.
import TLSBackend

#if OpenSSL && GnuTLS || OpenSSL && MbedTLS || GnuTLS && MbedTLS
  #error("Choose one TLS library: the traits OpenSSL, GnuTLS and MbedTLS exclude each other.")
#elseif OpenSSL
  import BackendOpenSSL
  typealias SelectedBackend = OpenSSLBackend
#elseif GnuTLS || MbedTLS
  #error("The GnuTLS and MbedTLS backends are not there yet; use --traits OpenSSL or none.")
#else
  typealias SelectedBackend = NoTLS
#endif
