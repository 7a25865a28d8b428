/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/* What is at an address, and the way there: a pod of this node, else the longest prefix. Remembered by each CPU. */
#pragma once

#include "endpoints.h"
#include "ipcache.h"

enum {
	WAYS_BITS = 9, /* 512 of 72 bytes on each CPU: addresses in use at one time, not all that there are */
};

/* The way to an address, valid while `epoch` is the current one. */
struct forwarding {
	__u64 epoch;
	__u32 ifindex; /* local pod: host side of its veth; else the uplink */
	__u16 mtu;
	__u8 kind;    /* enum ipcache_kind; IPCACHE_LOCAL_PODS with an ifindex: deliver to this pod */
	__u8 routing; /* enum ipcache_routing */
	struct address node;
	__u8 mac[6];	  /* the pod's */
	__u8 host_mac[6]; /* its gateway's */
	__u32 pad;
};

/* Its forwarding has no device where the kernel's routes decide (the world). */
struct way {
	struct address address;
	struct forwarding forwarding;
};

/*
 * Each address has one place, which the last one that was looked up takes. Valid while its epoch is the current one. Writer: the hooks, on their CPU.
 * Else each plain packet looks into two or three maps, and prefixes are found by a walk through memory that is rarely in the cache.
 */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__type(key, __u32);
	__type(value, struct way);
	__uint(max_entries, 1 << WAYS_BITS);
} nw_ways SEC(".maps");

static __always_inline void way_to_pod(struct forwarding *way, const struct endpoint *endpoint)
{
	way->kind = IPCACHE_LOCAL_PODS;
	way->ifindex = endpoint->ifindex;
	__builtin_memcpy(way->mac, endpoint->mac, sizeof(way->mac));
	__builtin_memcpy(way->host_mac, endpoint->host_mac, sizeof(way->host_mac));
}

/* Looks an address up. A function of its own: nearly always a CPU remembers. */
__noinline int way_fill(struct way *way, const struct address *address, __u64 epoch)
{
	struct ipcache_entry *place;
	struct endpoint *endpoint;
	struct address key; /* on the stack: older verifiers take no other */

	if (!way || !address)
		return 0;
	key = *address;
	way->address = key;
	__builtin_memset(&way->forwarding, 0, sizeof(way->forwarding));
	way->forwarding.epoch = epoch;
	endpoint = endpoint_find(&key);
	if (endpoint) {
		way_to_pod(&way->forwarding, endpoint);
		return 0;
	}
	place = ipcache_find(&key);
	if (place) {
		way->forwarding.kind = place->kind;
		way->forwarding.routing = place->routing;
		way->forwarding.ifindex = place->ifindex;
		way->forwarding.mtu = place->mtu;
		way->forwarding.node = place->node;
	}
	return 0;
}

/* `epoch` was read before: what changes meanwhile is looked up again. NULL: never, but the verifier cannot know. */
static __always_inline const struct forwarding *way_find(const struct address *address, __u64 epoch)
{
	__u32 mixed = (address->word[0] ^ address->word[1] ^ address->word[2] ^ address->word[3]) * 0x9e3779b1;
	__u32 place = mixed >> (32 - WAYS_BITS);
	struct way *way = bpf_map_lookup_elem(&nw_ways, &place);

	if (!way)
		return NULL;
	if (!epoch || way->forwarding.epoch != epoch || !address_equal(&way->address, address))
		way_fill(way, address, epoch);
	return &way->forwarding;
}

/* Whether the way leads to a pod of this node that is there. */
static __always_inline bool way_is_to_pod(const struct forwarding *way)
{
	return way->kind == IPCACHE_LOCAL_PODS && way->ifindex;
}
