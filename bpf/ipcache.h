/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/* Where an address lives that is no pod of this node: longest prefix -> kind of place, and the way
 * there. */
#pragma once

#include "types.h"

enum ipcache_kind {
	IPCACHE_WORLD = 0,	   /* outside of the cluster; also what no prefix matches */
	IPCACHE_HOST = 1,	   /* an address of this node itself, at which NodePorts are served */
	IPCACHE_LOCAL_PODS = 2,	   /* this node's pod range */
	IPCACHE_REMOTE_PODS = 3,   /* another node's pod range */
	IPCACHE_REMOTE_NODE = 4,   /* another node's InternalIP */
	IPCACHE_SERVICES = 5,	   /* a service range: never leaves the node untranslated */
	IPCACHE_NO_MASQUERADE = 6, /* outside of the cluster, but pods keep their address towards it */
};

enum ipcache_routing {
	ROUTING_NONE = 0,		/* not reachable: the node has no address of a usable family */
	ROUTING_DIRECT = 1,		/* the next hop is `node`, a neighbour on `ifindex` */
	ROUTING_VXLAN = 2,		/* encapsulated to `node`, which leaves over `ifindex`; the kernel's routes know the next hop */
	ROUTING_VXLAN_TO_NEIGHBOUR = 3, /* the same, and `node` itself is the next hop */
};

struct ipcache_key {
	__u32 prefix_length; /* of the 128 bits: an IPv4 prefix counts 96 more; host order */
	struct address address;
};

struct ipcache_entry {
	struct address node; /* next hop or tunnel endpoint; an InternalIP of the node. Zero for
				kinds that have none */
	__u32 ifindex;	     /* the uplink towards `node`; 0: let the kernel's routes decide */
	__u16 mtu;	     /* largest IP packet that this way takes, before encapsulation; bytes; 0: not
			 limited here */
	__u8 kind;	     /* enum ipcache_kind */
	__u8 routing;	     /* enum ipcache_routing */
};

/* Writer: the agent, from Nodes, ServiceCIDRs and this node's addresses. */
struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__type(key, struct ipcache_key);
	__type(value, struct ipcache_entry);
	__uint(max_entries, 65536);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
} nw_ipcache SEC(".maps");

/* Another node, for people: InternalIP -> name. Writer: the agent. Not read by any hook. */
struct node {
	char name[256]; /* zero-terminated; a DNS subdomain has at most 253 */
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, struct address);
	__type(value, struct node);
	__uint(max_entries, 32768);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
} nw_nodes SEC(".maps");

/* A device that the world is reached over. */
struct uplink {
	struct address ipv4; /* what pods are masqueraded as; zero: none of this family */
	struct address ipv6;
	__u32 mtu; /* bytes */
	__u32 pad;
};

/* Writer: the agent, followed by netlink. Read when a pod's flow to the world starts. Key: ifindex.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, __u32);
	__type(value, struct uplink);
	__uint(max_entries, 256);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
} nw_uplinks SEC(".maps");

static __always_inline bool routing_is_tunnel(__u8 routing)
{
	return routing == ROUTING_VXLAN || routing == ROUTING_VXLAN_TO_NEIGHBOUR;
}

EXPORT_ENUM(ipcache_kind);
EXPORT_ENUM(ipcache_routing);

static __always_inline struct ipcache_entry *ipcache_find(const struct address *address)
{
	struct ipcache_key key = {.prefix_length = 128, .address = *address};

	return bpf_map_lookup_elem(&nw_ipcache, &key);
}

static __always_inline struct uplink *uplink_find(__u32 ifindex)
{
	return bpf_map_lookup_elem(&nw_uplinks, &ifindex);
}
