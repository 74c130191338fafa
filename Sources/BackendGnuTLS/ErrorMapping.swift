internal import CGnuTLS
internal import CPosix
internal import TLSBackend
