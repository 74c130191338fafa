internal import Bytes

/// Names and helps of everything in the file of `--stats`, in the form of `Exposition`. What fills
/// them in has the same order: `Daemon+Statistics.swift` and `StreamTransport+Statistics.swift`.
enum StatisticsTable {
  static var build: Literal {
    """
    gauge build_info Always 1; which program this is.
    "}
    """
  }

  static var daemon: Literal {
    """
    counter received_messages_total Messages read from the log socket.

    counter truncated_messages_total Messages that were longer than the buffer and cut.

    counter repeated_messages_total Messages dropped because they equal the one before.

    counter local_lost_bytes_total Bytes of log files that could not be written.

    counter ring_lost_lines_total Lines that were never in the ring, because readers held it.

    counter kernel_log_refused_lines_total Lines that the kernel's log refused.

    """
  }

  static var remote: Literal {
    """
    counter remote_failures_total Attempts that failed and connections that were lost, by class.
    ",class="lookup"}
    ",class="connect"}
    ",class="handshake_timeout"}
    ",class="authentication"}
    ",class="negotiation"}
    ",class="broken"}
    ",class="closed"}
    ",class="configuration"}
    ",class="library"}
    ",class="send"}
    gauge remote_state 1 for what the remote is doing, 0 for the others.
    ",state="idle"}
    ",state="resolving"}
    ",state="connecting"}
    ",state="handshaking"}
    ",state="ready"}
    ",state="backing_off"}
    ",state="stopped"}
    counter remote_sent_messages_total Messages sent, each as often as it was sent.
    "}
    counter remote_truncated_messages_total Messages cut because the format has a limit.
    "}
    counter remote_discarded_messages_total Messages that the remote never gets, by cause.
    ",cause="not_sent",severity="unknown"}
    ",cause="queue_full",severity="emerg"}
    ",cause="queue_full",severity="alert"}
    ",cause="queue_full",severity="crit"}
    ",cause="queue_full",severity="err"}
    ",cause="queue_full",severity="warning"}
    ",cause="queue_full",severity="notice"}
    ",cause="queue_full",severity="info"}
    ",cause="queue_full",severity="debug"}
    ",cause="set_aside",severity="unknown"}
    counter remote_acknowledged_messages_total Messages that the remote's kernel acknowledged.
    "}
    counter remote_resent_messages_total Messages put back into the queue by a lost connection.
    "}
    counter remote_replayed_messages_total Acknowledged messages sent again and acknowledged again.
    "}
    counter remote_connections_total Connections that were established.
    "}
    counter remote_sent_bytes_total Bytes sent over connections, those of TLS included.
    "}
    gauge remote_queue_messages Messages that wait or are not acknowledged.
    "}
    gauge remote_queue_bytes Bytes of these messages.
    "}
    gauge remote_queue_peak_bytes The most bytes that were ever in the queue.
    "}
    gauge remote_queue_capacity_bytes Bytes that the queue may hold.
    "}
    gauge remote_last_acknowledged_timestamp_seconds When a message was last acknowledged.
    "}
    gauge remote_certificate_not_after_seconds When the certificate expires, since 1970.
    ",owner="server"}
    ",owner="client"}
    """
  }

  /// Of remotes that have one.
  static var spool: Literal {
    """
    gauge remote_spool_messages Messages that wait in the spool.
    "}
    gauge remote_spool_used_bytes Bytes in use of the spool.
    "}
    gauge remote_spool_capacity_bytes Bytes that the spool has for messages.
    "}
    counter remote_spool_written_messages_total Messages written to the spool.
    "}
    counter remote_spool_read_messages_total Messages read from the spool into the queue.
    "}
    counter remote_spool_refused_messages_total Messages that the spool did not take, by cause.
    ",cause="full"}
    ",cause="day_limit"}
    ",cause="write_error"}
    counter remote_spool_torn_messages_total Messages that were not written whole before the start.
    "}
    counter remote_spool_damaged_bytes_total Bytes of the spool that are damaged and left out.
    "}
    counter remote_spool_written_bytes_total Bytes written to the file of the spool.
    "}
    gauge remote_spool_day_written_bytes Bytes that count for this day.
    "}
    gauge remote_spool_day_limit_bytes Bytes that may be written in a day.
    "}
    """
  }

  static var error: Literal {
    """
    gauge remote_last_error_info Always 1; why the last attempt or connection failed.
    "}
    """
  }
}
