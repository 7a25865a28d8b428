/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/* The first packet of a service's flow: its frontend, the list that its client may choose from, the backend, and the source under which
 * the answer comes back through us. */
#pragma once

#include "conntrack.h"
#include "ways.h"

static __always_inline const volatile struct address *node_address(bool ipv6)
{
	return ipv6 ? &config.node_ipv6 : &config.node_ipv4;
}

static __always_inline void config_address(struct address *to, const volatile struct address *from)
{
	to->word[0] = from->word[0];
	to->word[1] = from->word[1];
	to->word[2] = from->word[2];
	to->word[3] = from->word[3];
}

static __always_inline bool address_is_node(const struct address *address, bool ipv6)
{
	struct address node;

	config_address(&node, node_address(ipv6));
	return address_equal(address, &node);
}

/* Neither of this node's pods nor of its processes. */
static __always_inline bool packet_is_from_outside(const struct packet *pkt)
{
	return pkt->hook == HOOK_FROM_NETDEV || pkt->hook == HOOK_FROM_OVERLAY;
}

/* On a packet from outside such a source is forged. */
static __noinline bool source_is_of_this_node(const struct packet *pkt)
{
	const struct forwarding *way = way_find(&pkt->source, epoch_now());

	return way && (way->kind == IPCACHE_HOST || way->kind == IPCACHE_LOCAL_PODS);
}

/* At the packet's destination, or, if that is this node (pkt->forwarding.kind), among those at all of its addresses. */
static __always_inline struct frontend *frontend_of(const struct packet *pkt)
{
	struct frontend_key key = {.address = pkt->tuple.daddr, .port = pkt->tuple.dport, .protocol = pkt->tuple.protocol};
	struct frontend *frontend = bpf_map_lookup_elem(&nw_frontends, &key);

	if (frontend || pkt->forwarding.kind != IPCACHE_HOST)
		return frontend;
	if (pkt->ipv6)
		__builtin_memset(&key.address, 0, sizeof(key.address));
	else
		address_from_ipv4(&key.address, 0);
	return bpf_map_lookup_elem(&nw_frontends, &key);
}

static __always_inline bool service_address_is_used(const struct address *address)
{
	struct frontend_key key = {.address = *address};

	return bpf_map_lookup_elem(&nw_frontends, &key) != NULL;
}

static __always_inline bool source_is_allowed(const struct packet *pkt, __u32 service)
{
	struct source_range_key key = {.prefix_length = 160, .service = service, .address = pkt->tuple.saddr};

	return bpf_map_lookup_elem(&nw_source_ranges, &key) != NULL;
}

/* MurmurHash3's 32-bit form over the tuple: every node computes the same. */
static __always_inline __u32 tuple_hash(const struct tuple *tuple)
{
	const __u32 *words = (const __u32 *)tuple;
	__u32 hash = 0;

	for (int i = 0; i < (int)(sizeof(*tuple) / sizeof(__u32)); i++) {
		__u32 word = words[i] * 0xcc9e2d51;

		word = (word << 15 | word >> 17) * 0x1b873593;
		hash ^= word;
		hash = (hash << 13 | hash >> 19) * 5 + 0xe6546b64;
	}
	hash = (hash ^ hash >> 16) * 0x85ebca6b;
	hash = (hash ^ hash >> 13) * 0xc2b2ae35;
	return hash ^ hash >> 16;
}

/* Picks one of a list's backends, by chance or by the flow's hash. */
static __always_inline struct backend *list_choose(const struct packet *pkt, const struct frontend *frontend, const struct slot_list *list,
						   __u32 *index)
{
	__u32 number = frontend->flags & FRONTEND_CONSISTENT ? tuple_hash(&pkt->tuple) : bpf_get_prandom_u32();

	for (int i = 0; i < 3; i++, number++) {
		__u32 slot = list->base + number % list->count;
		__u32 *backend_index = bpf_map_lookup_elem(&nw_slots, &slot);
		struct backend *backend;

		if (!backend_index)
			return NULL;
		*index = *backend_index;
		backend = backend_find(*index);
		/* A list that is just being replaced may name a place that was given away. */
		if (backend && backend->service == frontend->service)
			return backend;
	}
	return NULL;
}

/* The backend that the client was sent to before, if that is not too long ago and its list still has it; else a new one, remembered. */
static __always_inline struct backend *affinity_choose(const struct packet *pkt, const struct frontend *frontend,
						       const struct slot_list *list, __u32 *index, bool outside)
{
	__u32 local = outside ? FRONTEND_OUTSIDE_LOCAL : FRONTEND_INSIDE_LOCAL;
	__u32 in_list = frontend->flags & local ? BACKEND_IN_LOCAL_LIST : BACKEND_IN_CLUSTER_LIST;
	struct affinity_key key = {.client = pkt->tuple.saddr, .service = frontend->service};
	struct affinity *last = bpf_map_lookup_elem(&nw_affinity, &key), next = {};
	struct backend *backend;

	next.last_used = bpf_ktime_get_coarse_ns();
	if (last && (__s64)(next.last_used - last->last_used) < (__s64)(frontend->affinity_timeout * SECOND)) {
		*index = last->backend;
		backend = backend_find(*index);
		if (backend && backend->service == frontend->service && backend->generation == last->generation &&
		    backend->flags & in_list) {
			last->last_used = next.last_used;
			return backend;
		}
	}
	backend = list_choose(pkt, frontend, list, index);
	if (backend) {
		next.backend = *index;
		next.generation = backend->generation;
		bpf_map_update_elem(&nw_affinity, &key, &next, BPF_ANY);
	}
	return backend;
}

/*
 * Gives a service flow the source under which its reply comes back through us: its own wherever that is so. Returns whether it needs a port
 * of the SNAT range.
 */
static __always_inline bool service_source(struct packet *pkt, struct tuple *target)
{
	const struct forwarding *way = way_find(&target->daddr, epoch_now());
	bool to_this_host = way && way->kind == IPCACHE_HOST;

	if (pkt->hook == HOOK_FROM_HOST && to_this_host) {
		/* From its own address the reply would go by the loopback, past us. */
		config_address(&target->saddr, pkt->ipv6 ? &config.host_ipv6 : &config.host_ipv4);
		return false;
	}
	if (packet_is_from_outside(pkt) && (to_this_host || (way && way_is_to_pod(way))))
		return false;
	/* From a pod: only to itself, or out of the cluster. */
	if (pkt->hook == HOOK_FROM_POD && way && way->kind != IPCACHE_WORLD && !address_equal(&target->saddr, &target->daddr))
		return false;
	config_address(&target->saddr, node_address(pkt->ipv6));
	return true;
}

/* As the node it would be a tunnel packet of the node. */
static __always_inline bool packet_is_to_vxlan(const struct tuple *tuple)
{
	return config.overlay_ifindex && tuple->protocol == IPPROTO_UDP && tuple->dport == config.vxlan_port;
}

static __always_inline int service_start(struct packet *pkt, struct new_flow *new, const struct frontend *frontend)
{
	bool outside = packet_is_from_outside(pkt), snat;
	struct slot_list list = outside ? frontend->outside : frontend->inside;
	struct backend *backend;
	__u32 index = 0;

	if (outside && source_is_of_this_node(pkt))
		return DROP_SPOOFED_SOURCE;
	if (frontend->flags & FRONTEND_SOURCE_RANGES && !source_is_allowed(pkt, frontend->service))
		return DROP_SOURCE_NOT_ALLOWED;
	if (!list.count)
		return frontend->flags & (outside ? FRONTEND_OUTSIDE_DROP : FRONTEND_INSIDE_DROP) ? DROP_NO_LOCAL_BACKEND : DROP_NO_BACKEND;
	if (pkt->protocol == IPPROTO_TCP && !packet_is_tcp_syn(pkt))
		return DROP_NOT_A_FLOW;
	if (frontend->affinity_timeout)
		backend = affinity_choose(pkt, frontend, &list, &index, outside);
	else
		backend = list_choose(pkt, frontend, &list, &index);
	if (!backend)
		return DROP_NO_BACKEND;
	new->original.target = pkt->tuple;
	new->original.target.daddr = backend->address;
	new->original.target.dport = backend->port;
	new->original.service = backend->service;
	new->original.backend = index;
	new->original.generation = backend->generation;
	snat = service_source(pkt, &new->original.target);
	if (snat && address_is_zero(&new->original.target.saddr))
		return DROP_NO_ROUTE;
	if (snat && packet_is_to_vxlan(&new->original.target))
		return DROP_NOT_ROUTABLE;
	new->original.flags = CONNTRACK_SERVICE | (snat ? CONNTRACK_SNAT : 0) | (pkt->hook == HOOK_FROM_HOST ? CONNTRACK_VIA_HOST : 0);
	return conntrack_create(snat);
}
