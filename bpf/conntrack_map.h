/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/* The flow table's layout. A translated flow has two entries: each direction's tuple, as its
 * packets arrive, -> what they become. */
#pragma once

#include "types.h"

enum conntrack_flag {
	CONNTRACK_REPLY = 1,	     /* packets of the reply direction; else of the original */
	CONNTRACK_SERVICE = 2,	     /* the original direction was sent to a frontend: `backend` is
				      checked at every look-up */
	CONNTRACK_SNAT = 4,	     /* the source was translated */
	CONNTRACK_ESTABLISHED = 8,   /* original entry: a reply was seen */
	CONNTRACK_CLOSING = 16,	     /* original entry: a reset was seen, or a FIN in both directions */
	CONNTRACK_VIA_HOST = 32,     /* reply entry: the client is this node: deliver through nw_host */
	CONNTRACK_FIN_ORIGINAL = 64, /* original entry: the client will send no more */
	CONNTRACK_FIN_REPLY = 128,   /* original entry: the server will send no more */
	CONNTRACK_CONFIRMED = 256,   /* original entry: the client went on after the reply */
};

/* How long a flow may be silent, in seconds. Judged by its original entry; the agent sweeps by the same values. */
enum conntrack_timeout {
	CONNTRACK_TIMEOUT_NEW = 60, /* no reply seen; of TCP: not confirmed */
	CONNTRACK_TIMEOUT_ICMP = 30,
	CONNTRACK_TIMEOUT_UDP_ESTABLISHED = 180,
	CONNTRACK_TIMEOUT_TCP_ESTABLISHED = 86400,
	CONNTRACK_TIMEOUT_TCP_HALF_CLOSED = 3600,
	CONNTRACK_TIMEOUT_TCP_CLOSING = 120,
	CONNTRACK_TIMEOUT_TCP_REUSE = 10, /* of a closing flow: until a new one may take its tuple */
};

struct conntrack_entry {
	struct tuple target; /* the packet after translation */
	__u64 last_seen;     /* CLOCK_MONOTONIC, ns, coarse */
	__u32 service;	     /* id, 0: none */
	__u32 backend;	     /* index into nw_backends */
	__u32 generation;    /* of the backend when it was chosen */
	__u32 flags;	     /* enum conntrack_flag */
};
_Static_assert(sizeof(struct conntrack_entry) == 64, "no implicit padding");

/* Writer: the hooks; the agent sweeps out what expired. An LRU: a full table forgets the flow that
 * was idle longest. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__type(key, struct tuple);
	__type(value, struct conntrack_entry);
	__uint(max_entries, 262144);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
} nw_conntrack SEC(".maps");

struct fragment_key {
	struct address saddr;
	struct address daddr;
	__be32 id;     /* IPv4 identification (16 bits) or the IPv6 fragment header's */
	__u8 protocol; /* IPPROTO_* */
	__u8 pad[3];
};

struct fragment {
	__be16 sport;
	__be16 dport;
};

/* The ports of a fragmented packet, learned from its first fragment. Writer: the hooks. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__type(key, struct fragment_key);
	__type(value, struct fragment);
	__uint(max_entries, 8192);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
} nw_fragments SEC(".maps");

EXPORT_ENUM(conntrack_flag);
EXPORT_ENUM(conntrack_timeout);
