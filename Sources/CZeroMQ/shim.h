#pragma once
#include <errno.h>
#include <sys/eventfd.h>
#include <zmq.h>

/// What a poll on sockets can be woken by.
static inline int swiftgan_wakeup_descriptor(void) { return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC); }
