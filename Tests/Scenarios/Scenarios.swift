import Testing

/// End-to-end stories: the built program against real peers, each on loopback and in a temporary
/// folder. One after the other, because they start several processes each.
@Suite(.serialized) enum Scenarios {}
