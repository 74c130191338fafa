import SyslogIO
import TLSBackend

/// An option of the command line. The `OptionTable` has its spelling and its help.
enum Option: Equatable {
  case daemon(DaemonOption)
  case remote(RemoteOption)
}

/// What is said once for the whole program.
enum DaemonOption: CaseIterable {
  case foreground
  case logFile
  case severityLimit
  case rotationSize
  case rotatedFiles
  case ringBuffer
  case kernelLog
  case shortLines
  case ownTimestamps
  case localLog
  case dropDuplicates
  case configuration
  case mark
  case logSocket
  case pidFile
  case hostname
  case state
  case stats
  case user
  case noSandbox
  case fips
  case check
  case version
  case help
  /// `-R`, which begins a remote.
  case forward
}

/// What is said of one remote: behind its `-R`, or in a rule of the configuration.
enum RemoteOption: CaseIterable {
  case tls
  case tcp
  case pin
  case ca
  case serverName
  case crl
  case certificate
  case key
  case source
  case device
  case tlsMin
  case tlsCiphers
  case tlsGroups
  case framing
  case format
  case queue
  case replay
  case spool
  case retry
  case connectTimeout
  case handshakeTimeout
  case userTimeout
  case keepalive
  case failover
}

extension TLSParameter {
  /// The option that sets it.
  var option: Option {
    switch self {
    case .tls: .remote(.tls)
    case .minimumVersion: .remote(.tlsMin)
    case .cipherSuites: .remote(.tlsCiphers)
    case .groups: .remote(.tlsGroups)
    case .pins: .remote(.pin)
    case .trustAnchors: .remote(.ca)
    case .serverName: .remote(.serverName)
    case .revocationLists: .remote(.crl)
    case .certificate: .remote(.certificate)
    case .key: .remote(.key)
    case .fips: .daemon(.fips)
    }
  }
}

extension DaemonParameter {
  /// The option that sets it.
  var option: Option {
    switch self {
    case .logSocket: .daemon(.logSocket)
    case .ring: .daemon(.ringBuffer)
    case .kernelLog: .daemon(.kernelLog)
    case .user: .daemon(.user)
    }
  }
}
