public import Bytes

/// A number that only a build with the feature Replay stores: without it, it takes no memory and is 0.
public struct ReplayNumber: Equatable, Sendable {
  #if Replay
    private var stored = 0
  #endif

  public init() {}

  @inline(__always)
  public var value: Int {
    get {
      #if Replay
        stored
      #else
        0
      #endif
    }
    set {
      #if Replay
        stored = newValue
      #endif
    }
  }
}

/// What a build may leave out, each chosen by the trait of the same name.
///
/// Code that only a feature needs stands behind `isBuilt`, which the compiler knows: in a build
/// without the feature that code is not in the program, and in every build it is compiled and
/// type-checked. Beside `Sources/SelectedBackend` this is the only file that reads a trait.
public enum Feature: UInt8, CaseIterable, Sendable {
  /// `--check`: a report on the configuration and on each remote.
  case check
  /// `-f`: the configuration file.
  case rules
  /// `-C`: the ring buffer that `logread` reads.
  case ring
  /// `-K`: the kernel's log as the local log.
  case kernelLog
  /// `--user` and its sandbox.
  case user
  /// `--state`: the time of the last run, for the dates of certificates.
  case state
  /// `--ca`, `--crl` and `--server-name`: certificate chains. Pins are always there.
  case chains
  /// `--cert` and `--key`: the client's own certificate.
  case clientCertificates
  /// `--tls-ciphers`, `--tls-groups` and `--tls-min`: what is offered instead of the defaults.
  case tlsChoices
  /// `--fips`.
  case fipsMode
  /// `--tcp`: forwarding over TCP without TLS.
  case tcp
  /// SIGUSR1: counters in the log.
  case counters
  /// `--stats`: a file for Prometheus; and warnings before certificates expire.
  case statistics
  /// `--format 3164` and `5424`. Without it messages are sent as they were received.
  case formats
  /// `--replay`: messages that were acknowledged are sent again after a break.
  case replay
  /// rtnetlink: a new address or route, or a link that begins to work, brings the next attempt forward.
  case networkEvents
  /// `--failover`: a remote that takes over while the one before it does not work.
  case failover
  /// `--spool`: a file for what a remote's full queue does not take.
  case spool
  /// When messages were lost, in the log; and over UDP a word to the collector.
  case losses
  /// systemd's sd_notify and socket activation.
  case systemd

  /// Whether this program has it.
  @inline(__always)
  public var isBuilt: Bool {
    switch self {
    case .check:
      #if Check
        true
      #else
        false
      #endif
    case .rules:
      #if Rules
        true
      #else
        false
      #endif
    case .ring:
      #if Ring
        true
      #else
        false
      #endif
    case .kernelLog:
      #if KernelLog
        true
      #else
        false
      #endif
    case .user:
      #if User
        true
      #else
        false
      #endif
    case .state:
      #if State
        true
      #else
        false
      #endif
    case .chains:
      #if Chains
        true
      #else
        false
      #endif
    case .clientCertificates:
      #if ClientCertificates
        true
      #else
        false
      #endif
    case .tlsChoices:
      #if TLSChoices
        true
      #else
        false
      #endif
    case .fipsMode:
      #if FIPSMode
        true
      #else
        false
      #endif
    case .tcp:
      #if TCP
        true
      #else
        false
      #endif
    case .counters:
      #if Counters
        true
      #else
        false
      #endif
    case .statistics:
      #if Statistics
        true
      #else
        false
      #endif
    case .formats:
      #if Formats
        true
      #else
        false
      #endif
    case .replay:
      #if Replay
        true
      #else
        false
      #endif
    case .networkEvents:
      #if NetworkEvents
        true
      #else
        false
      #endif
    case .failover:
      #if Failover
        true
      #else
        false
      #endif
    case .spool:
      #if Spool
        true
      #else
        false
      #endif
    case .losses:
      #if Losses
        true
      #else
        false
      #endif
    case .systemd:
      #if Systemd
        true
      #else
        false
      #endif
    }
  }

  /// The name of its trait.
  public var name: Literal {
    switch self {
    case .check: "Check"
    case .rules: "Rules"
    case .ring: "Ring"
    case .kernelLog: "KernelLog"
    case .user: "User"
    case .state: "State"
    case .chains: "Chains"
    case .clientCertificates: "ClientCertificates"
    case .tlsChoices: "TLSChoices"
    case .fipsMode: "FIPSMode"
    case .tcp: "TCP"
    case .counters: "Counters"
    case .statistics: "Statistics"
    case .formats: "Formats"
    case .replay: "Replay"
    case .networkEvents: "NetworkEvents"
    case .failover: "Failover"
    case .spool: "Spool"
    case .losses: "Losses"
    case .systemd: "Systemd"
    }
  }
}

/// What only a spool needs, and what takes no place in a program without one.
public struct WithSpool<Value> {
  #if !Spool
    public var value: Value? {
      get { nil }
      set {}
    }
  #else
    public var value: Value?
  #endif

  public init() {}
}

/// What only the feature Losses needs, and what takes no place in a program without it.
public struct WithLosses<Value> {
  #if !Losses
    public var value: Value? {
      get { nil }
      set {}
    }
  #else
    public var value: Value?
  #endif

  public init() {}
}
