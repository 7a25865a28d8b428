/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * What every other header speaks of. These declarations are the only ones: user space gets its
 * copies generated from the BTF of the compiled object, so a struct has fixed widths, named padding
 * and wire order (__be16, struct address) wherever a packet has it.
 */
#pragma once

#include <linux/bpf.h>
#include <linux/types.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

/* An IPv6 address, or an IPv4 address as ::ffff:a.b.c.d (RFC 4291, 2.5.5.2), in network byte order.
 */
struct address {
	__be32 word[4];
};

/* A packet's flow as it stands in its headers. ICMP echo has its identifier in sport (request) or
 * dport (reply), 0 in the other. */
struct tuple {
	struct address saddr;
	struct address daddr;
	__be16 sport;
	__be16 dport;
	__u8 protocol;	       /* IPPROTO_* */
	__u8 pad[3];	       /* zero */
} __attribute__((aligned(8))); /* copied and compared in 64-bit words */
_Static_assert(sizeof(struct tuple) == 40, "conntrack's key");

/* The hooks, in the direction in which the datapath sees a packet. Index of counters. */
enum hook {
	HOOK_FROM_POD = 0,
	HOOK_TO_POD = 1,
	HOOK_FROM_NETDEV = 2,
	HOOK_TO_NETDEV = 3,
	HOOK_FROM_OVERLAY = 4,
	HOOK_FROM_HOST = 5,
	HOOK_FROM_LOOPBACK = 6,
	HOOK_MAX = 7,
};

/* Why a packet was refused. 0 means: go on. Values are stable: they are metric labels and index
 * nw_drops. */
enum drop_reason {
	DROP_NONE = 0,
	DROP_MALFORMED = 1,		/* headers shorter than they claim, or than their protocol needs */
	DROP_NOT_IP = 2,		/* neither IPv4 nor IPv6 where nothing else is expected */
	DROP_SPOOFED_SOURCE = 3,	/* a pod sent from an address that is not its own */
	DROP_NOT_ROUTABLE = 4,		/* multicast, broadcast, IPv6 link-local: not routed between pods */
	DROP_NO_SUCH_POD = 5,		/* an address of this node's pod range that no pod has */
	DROP_NO_SUCH_SERVICE = 6,	/* an address of a service range that no service has */
	DROP_NO_BACKEND = 7,		/* the frontend has no backend: answered with a reset or ICMP */
	DROP_NO_LOCAL_BACKEND = 8,	/* a Local traffic policy, and backends only on other nodes */
	DROP_BACKEND_GONE = 9,		/* the flow's backend was removed: TCP was answered with a reset */
	DROP_NOT_A_FLOW = 10,		/* TCP to a service that is neither a SYN nor of a known flow: reset */
	DROP_CONNTRACK_FULL = 11,	/* the conntrack map took no entry */
	DROP_SNAT_EXHAUSTED = 12,	/* no free port in the SNAT range for this destination */
	DROP_TTL_EXCEEDED = 13,		/* hop limit reached zero: answered with ICMP */
	DROP_TOO_BIG = 14,		/* larger than the path takes: answered with ICMP */
	DROP_FRAGMENT_UNKNOWN = 15,	/* a fragment whose first was not seen */
	DROP_UNKNOWN_TUNNEL_PEER = 16,	/* VXLAN from no node, or with a source that is not behind that node */
	DROP_NO_ROUTE = 17,		/* the destination node cannot be reached over the configured routing */
	DROP_WRITE_FAILED = 18,		/* the kernel refused to change the packet */
	DROP_UNSUPPORTED_PROTOCOL = 19, /* needs translation, but is not TCP, UDP, SCTP or ICMP */
	DROP_NO_SUCH_PORT = 20,		/* a service's address, but no port of it: answered with a reset or ICMP */
	DROP_SOURCE_NOT_ALLOWED = 21,	/* not in the load balancer's source ranges */
	DROP_REASON_MAX = 22,
};

/* Keeps enums that only constants use in the object's BTF. */
#define EXPORT_ENUM(name) const enum name unused_##name __attribute__((unused)) = 0
