#pragma once
#include <errno.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <zmq.h>

/// ZMQ_ZAP_ENFORCE_DOMAIN, which libraries since 4.3 know and their headers hide with what may still change.
enum { SWIFTGAN_ZAP_ENFORCE_DOMAIN = 93 };

/// What a poll on sockets can be woken by.
static inline int swiftgan_wakeup_descriptor(void) { return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC); }

/// Lets this process have as many descriptors as it may.
static inline void swiftgan_raise_descriptor_limit(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}
