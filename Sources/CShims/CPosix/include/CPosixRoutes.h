// Network devices, addresses and routes of this machine.
#pragma once

#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/// A socket on which the kernel tells of new addresses and routes, and of links (rtnetlink(7)); negative
/// without.
static inline int cposix_open_routes(void) {
  struct sockaddr_nl address;
  memset(&address, 0, sizeof address);
  address.nl_family = AF_NETLINK;
  address.nl_groups = RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR | RTMGRP_IPV4_ROUTE |
                      RTMGRP_IPV6_ROUTE;
  const int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);
  if (fd >= 0 && bind(fd, (struct sockaddr *)&address, sizeof address) != 0) {
    close(fd);
    return -1;
  }
  return fd;
}

/// Takes one of its messages: 1 when something was added or a link has begun to work, 0 for any other,
/// -1 when there is none. What another process sends says nothing.
///
/// A message about a link does not say what has changed (ifi_change is 0 when it is the carrier), and
/// drivers of radios send one for each scan. So `running` remembers which links work: a link's bit is its
/// index modulo 64. When the kernel has dropped messages, all bits are cleared.
static inline int cposix_read_routes(int fd, uint64_t *running) {
  struct sockaddr_nl from;
  struct {
    struct nlmsghdr header;
    struct ifinfomsg link;
  } message;
  socklen_t length = sizeof from;
  const ssize_t count =
      recvfrom(fd, &message, sizeof message, MSG_DONTWAIT, (struct sockaddr *)&from, &length);
  if (count < 0) {
    if (errno != ENOBUFS) return -1;
    *running = 0;
    return 1;
  }
  if ((size_t)count < sizeof message.header || length != sizeof from || from.nl_pid != 0) return 0;
  const int type = message.header.nlmsg_type;
  if (type == RTM_NEWADDR || type == RTM_NEWROUTE) return 1;
  if ((type != RTM_NEWLINK && type != RTM_DELLINK) || (size_t)count < sizeof message) return 0;
  const uint64_t before = *running, bit = UINT64_C(1) << (message.link.ifi_index & 63);
  *running &= ~bit;
  if (type == RTM_DELLINK || !(message.link.ifi_flags & IFF_RUNNING)) return 0;
  *running |= bit;
  return (before & bit) == 0;
}

/// Lets packets leave by this device alone.
static inline int cposix_bind_device(int fd, const char *name) {
  return setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, name, (socklen_t)strlen(name));
}
