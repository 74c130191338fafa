internal import CMbedTLS
internal import CPosix
internal import TLSBackend
