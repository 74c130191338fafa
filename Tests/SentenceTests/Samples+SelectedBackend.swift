import Bytes

@testable import SelectedBackend

/// A sample of each sentence of SelectedBackend, by the name of its function. Arguments are in guillemets, or 7.
let samplesOfSelectedBackend: [(name: String, sentence: Sentence)] = [
  ("builtWithoutTLS", .builtWithoutTLS)
]
