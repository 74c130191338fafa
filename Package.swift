// swift-tools-version: 6.3
import PackageDescription

// One TLS library at most is built into a product; a trait names it. Traits gate target
// *dependencies*; the only source file that reads them is in Sources/SelectedBackend.
// `Embedded` compiles every product target without the Swift runtime (docs/decisions/0001).

/// What every target is compiled with, tests included.
let strict: [SwiftSetting] = [
  .strictMemorySafety(),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .treatAllWarnings(as: .error),
]

/// What every product target is compiled with.
///
/// Cross-module optimisation specialises everything that is generic over the backend in ordinary
/// release builds, as Embedded Swift does by itself. They need it: the runtime of Swift 6.3 on
/// Linux does not find a ~Copyable type by its name, and so cannot make `Daemon<OpenSSLBackend>`
/// (docs/decisions/0005).
let product: [SwiftSetting] =
  strict + [
    .enableExperimentalFeature("Embedded", .when(traits: ["Embedded"])),
    .unsafeFlags(["-cross-module-optimization"], .when(configuration: .release)),
  ]

/// Tests are ordinary Swift: unsafe C calls need no marking there.
let tests: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .treatAllWarnings(as: .error),
]

/// What a build may leave out, and what it is (Sources/Features). `Full` has all of it.
let features: [(name: String, description: String)] = [
  ("Check", "--check: a report on the configuration and on each remote"),
  ("Rules", "-f: the configuration file"),
  ("Ring", "-C: a ring buffer for logread"),
  ("KernelLog", "-K: the kernel's log as the local log"),
  ("User", "--user: another user than root, and a sandbox"),
  ("State", "--state: the time of the last run, for the dates of certificates"),
  ("Chains", "--ca, --crl, --server-name: certificate chains"),
  ("ClientCertificates", "--cert, --key"),
  ("TLSChoices", "--tls-ciphers, --tls-groups, --tls-min"),
  ("FIPSMode", "--fips"),
  ("TCP", "--tcp: forwarding over TCP without TLS"),
  ("Formats", "--format, --hostname: RFC 5424 and 3164; without it, only as received"),
  ("Replay", "--replay: what was acknowledged is sent again after a break, with numbers"),
  ("NetworkEvents", "a new address or route, or a cable plugged in, brings attempts forward"),
  ("Failover", "--failover: a remote that takes over while the one before it does not work"),
  ("Counters", "SIGUSR1: counters in the log"),
  ("Statistics", "--stats: a file for Prometheus, and warnings before certificates expire"),
  ("Spool", "--spool: a file for what a remote's full queue does not take"),
  ("Losses", "when messages were lost, in the log and over UDP at the collector"),
  ("Systemd", "sd_notify and socket activation"),
]

let package = Package(
  name: "syslogd",
  products: [
    .executable(name: "syslogd", targets: ["syslogd"]),
    .executable(name: "syslog-tls", targets: ["syslog-tls"]),
  ],
  traits: Set(features.map { .trait(name: $0.name, description: $0.description) }).union([
    .trait(
      name: "Full", description: "Every feature", enabledTraits: Set(features.map { $0.name })),
    .trait(name: "OpenSSL", description: "Forward over TLS with OpenSSL 3"),
    .trait(name: "GnuTLS", description: "Forward over TLS with GnuTLS"),
    .trait(name: "MbedTLS", description: "Forward over TLS with Mbed TLS"),
    .trait(
      name: "FIPS", description: "Refuse to connect outside of the library's FIPS mode",
      enabledTraits: ["FIPSMode"]),
    .trait(name: "Multicall", description: "One program, syslogd and syslog-tls by its name"),
    .trait(name: "Embedded", description: "Compile as Embedded Swift: no runtime, small"),
    .default(enabledTraits: ["OpenSSL", "Full"]),
  ]),
  targets: [
    // Floor 0: C headers, module maps, macros made functions; CSandbox, what the kernel refuses us.
    .target(name: "CPosix", path: "Sources/CShims/CPosix"),
    .target(name: "CSandbox", path: "Sources/CShims/CSandbox"),
    .systemLibrary(
      name: "COpenSSL", path: "Sources/CShims/COpenSSL", pkgConfig: "openssl",
      providers: [.apt(["libssl-dev"])]),
    .systemLibrary(
      name: "CGnuTLS", path: "Sources/CShims/CGnuTLS", pkgConfig: "gnutls",
      providers: [.apt(["libgnutls28-dev"])]),
    .systemLibrary(
      name: "CMbedTLS", path: "Sources/CShims/CMbedTLS", providers: [.apt(["libmbedtls-dev"])]),

    // Floor 1: pure. Bytes imports nothing, everything may import it.
    .target(name: "Bytes", swiftSettings: product),
    .target(name: "Features", dependencies: ["Bytes"], swiftSettings: product),
    .target(name: "TLSBackend", dependencies: ["Bytes", "Features"], swiftSettings: product),
    .target(name: "SyslogCore", dependencies: ["Bytes", "Features"], swiftSettings: product),

    // Between floors 1 and 2: what every library's sessions do with their socket.
    .target(
      name: "SessionStream", dependencies: ["Bytes", "TLSBackend", "CPosix"],
      swiftSettings: product),

    // Floor 2: one TLS library each.
    .target(
      name: "BackendOpenSSL",
      dependencies: ["Bytes", "Features", "TLSBackend", "SessionStream", "CPosix", "COpenSSL"],
      swiftSettings: product),
    .target(
      name: "BackendGnuTLS",
      dependencies: ["Bytes", "Features", "TLSBackend", "SessionStream", "CPosix", "CGnuTLS"],
      swiftSettings: product),
    // Mbed TLS 2.28 has no .pc file, and in Embedded Swift the module map's link lines are lost.
    .target(
      name: "BackendMbedTLS",
      dependencies: ["Bytes", "Features", "TLSBackend", "SessionStream", "CPosix", "CMbedTLS"],
      swiftSettings: product,
      linkerSettings: [
        .linkedLibrary("mbedtls"), .linkedLibrary("mbedx509"), .linkedLibrary("mbedcrypto"),
      ]),

    // Floor 3: descriptors, event loop, transports; generic over the backend.
    .target(
      name: "SyslogIO",
      dependencies: ["SyslogCore", "Bytes", "Features", "TLSBackend", "CPosix", "CSandbox"],
      swiftSettings: product),

    // Floor 4: the programs, and the one place that chooses a library.
    .target(
      name: "SelectedBackend",
      dependencies: [
        "Bytes", "Features", "TLSBackend",
        .target(name: "BackendOpenSSL", condition: .when(traits: ["OpenSSL"])),
        .target(name: "BackendGnuTLS", condition: .when(traits: ["GnuTLS"])),
        .target(name: "BackendMbedTLS", condition: .when(traits: ["MbedTLS"])),
      ],
      swiftSettings: product),
    // What syslog-tls does, for its own program and for one that is both.
    .target(
      name: "SyslogTLS",
      dependencies: ["SelectedBackend", "SyslogIO", "Bytes", "TLSBackend", "CPosix"],
      swiftSettings: product),
    .executableTarget(
      name: "syslogd",
      dependencies: [
        "SyslogTLS", "SelectedBackend", "SyslogIO", "SyslogCore", "Bytes", "Features", "TLSBackend",
        "CPosix",
      ],
      swiftSettings: product),
    // A module of a single file would be taken for a script, which has a main of its own.
    .executableTarget(
      name: "syslog-tls", dependencies: ["SyslogTLS"],
      swiftSettings: product + [.unsafeFlags(["-parse-as-library"])]),

    .testTarget(name: "BytesTests", dependencies: ["Bytes"], swiftSettings: tests),
    .target(
      name: "Forms", path: "Tests/Forms", exclude: ["README.md", "documented.txt", "recorded.txt"],
      swiftSettings: tests),
    .testTarget(
      name: "SyslogCoreTests", dependencies: ["Bytes", "SyslogCore", "Forms"],
      swiftSettings: tests),
    .testTarget(
      name: "TLSBackendTests", dependencies: ["Bytes", "TLSBackend"], swiftSettings: tests),
    .testTarget(
      name: "SyslogIOTests",
      dependencies: ["SyslogIO", "SyslogCore", "Bytes", "TLSBackend", "CPosix", "CSandbox"],
      swiftSettings: tests),
    .testTarget(
      name: "OptionsTests",
      dependencies: [
        "syslogd", "SelectedBackend", "SyslogIO", "SyslogCore", "Bytes", "Features", "TLSBackend",
        "CPosix",
      ],
      swiftSettings: tests),
    .testTarget(
      name: "SentenceTests",
      dependencies: [
        "syslogd", "SyslogTLS", "SelectedBackend", "SyslogIO", "SyslogCore", "BackendOpenSSL",
        "BackendGnuTLS", "BackendMbedTLS", "Bytes", "Features", "TLSBackend", "CPosix",
      ],
      swiftSettings: tests + [
        .enableUpcomingFeature("MemberImportVisibility"), .unsafeFlags(["-Xcc", "-D_GNU_SOURCE"]),
      ]),
    .systemLibrary(name: "CMalloc", path: "Tests/CMalloc"),
    .target(
      name: "BackendContract",
      dependencies: ["Bytes", "TLSBackend", "COpenSSL", "CPosix", "CMalloc"],
      path: "Tests/BackendContract", swiftSettings: tests),
    .testTarget(
      name: "BackendOpenSSLTests",
      dependencies: ["BackendOpenSSL", "BackendContract", "Bytes", "CPosix"],
      swiftSettings: tests),
    .testTarget(
      name: "BackendGnuTLSTests",
      dependencies: ["BackendGnuTLS", "BackendContract", "Bytes", "CGnuTLS", "CPosix"],
      swiftSettings: tests),
    .testTarget(
      name: "BackendMbedTLSTests",
      dependencies: ["BackendMbedTLS", "BackendContract", "Bytes", "CPosix"],
      swiftSettings: tests),
    .testTarget(
      name: "Scenarios", dependencies: ["Forms"], exclude: ["Harness/Peers/log_stores.py"],
      swiftSettings: tests),
  ],
  swiftLanguageModes: [.v6]
)
