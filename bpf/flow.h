/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/* What becomes of a packet's flow: it follows its conntrack entry, or starts one, or needs none. */
#pragma once

#include "conntrack.h"
#include "endpoints.h"
#include "ipcache.h"

enum {
	FLOW_STARTED = -1, /* there is an entry for it now */
	FLOW_RESTART = -2, /* the entry is of an earlier flow, or its backend is gone: choose again */
};

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

/* Picks one of the frontend's backends at random. */
static __always_inline struct backend *service_choose(const struct frontend *frontend, __u32 *index)
{
	for (int i = 0; i < 3; i++) {
		__u32 slot = frontend->slot_base + bpf_get_prandom_u32() % frontend->slot_count;
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

/* Gives a service flow the source under which its reply comes back through us. Returns whether it needs a port of the SNAT range. */
static __always_inline bool service_source(struct packet *pkt, struct tuple *target)
{
	struct ipcache_entry *place = ipcache_find(&target->daddr);

	if (pkt->hook == HOOK_FROM_HOST) {
		/* To this very host: from its own address the reply would go by the loopback, past us. */
		if (place && place->kind == IPCACHE_HOST) {
			config_address(&target->saddr, pkt->ipv6 ? &config.host_ipv6 : &config.host_ipv4);
			return false;
		}
		config_address(&target->saddr, node_address(pkt->ipv6));
		return true;
	}
	/* A pod that reaches itself, and a backend outside of the cluster. */
	if (address_equal(&target->saddr, &target->daddr) || !place || place->kind == IPCACHE_WORLD) {
		config_address(&target->saddr, node_address(pkt->ipv6));
		return true;
	}
	return false;
}

static __always_inline int service_start(struct packet *pkt, struct new_flow *new, const struct frontend *frontend)
{
	struct backend *backend;
	__u32 index = 0;
	bool snat;

	if (!frontend->slot_count)
		return frontend->flags & FRONTEND_DROP_WHEN_EMPTY ? DROP_NO_LOCAL_BACKEND : DROP_NO_BACKEND;
	if (pkt->protocol == IPPROTO_TCP && !packet_is_tcp_syn(pkt))
		return DROP_NOT_A_FLOW;
	backend = service_choose(frontend, &index);
	if (!backend)
		return DROP_NO_BACKEND;
	new->original.target = pkt->tuple;
	new->original.target.daddr = backend->address;
	new->original.target.dport = backend->port;
	new->original.service = backend->service;
	new->original.backend = index;
	new->original.generation = backend->generation;
	snat = service_source(pkt, &new->original.target);
	new->original.flags = CONNTRACK_SERVICE | (snat ? CONNTRACK_SNAT : 0) | (pkt->hook == HOOK_FROM_HOST ? CONNTRACK_VIA_HOST : 0);
	return conntrack_create(snat);
}

/*
 * A flow straight to a pod or a node. It needs an entry only if a flow of the same client port to a service could get the same reply: when its
 * destination is a backend, or when such a flow left its entry behind.
 */
static __always_inline int plain_start(struct packet *pkt, struct new_flow *new, bool *needed)
{
	*needed = address_is_backend(&new->key);
	if (!*needed && pkt->protocol == IPPROTO_TCP) {
		tuple_reverse(&new->reply_key, &new->key);
		*needed = conntrack_find(&new->reply_key) != NULL;
	}
	if (!*needed)
		return 0;
	new->original.target = pkt->tuple;
	new->original.service = new->original.backend = new->original.generation = new->original.flags = 0;
	return conntrack_create(false);
}

/* A pod's flow to the world: the node's address on the way out, a port of the SNAT range. */
__noinline int masquerade_start(const struct packet *pkt, __u32 ifindex)
{
	struct uplink *uplink = uplink_find(ifindex);
	struct new_flow *new = new_flow_scratch();
	struct address source;

	if (!pkt || !uplink || !new)
		return DROP_NO_ROUTE;
	new->key = pkt->tuple;
	new->original.target = pkt->tuple;
	new->original.service = new->original.backend = new->original.generation = new->original.flags = 0;
	/* The world connected to the pod by its own address: the answer comes from there. */
	if (packet_is_tcp_syn_ack(pkt))
		return conntrack_create(false);
	source = pkt->ipv6 ? uplink->ipv6 : uplink->ipv4;
	if (address_is_zero(&source))
		return DROP_NO_ROUTE;
	new->original.target.saddr = source;
	new->original.flags = CONNTRACK_SNAT;
	return conntrack_create(true);
}

/*
 * Whether the packet is a reply that its entry translates. A datagram of a backend that is gone is its own: the client may have turned
 * to that pod directly, from the same port.
 */
static __always_inline bool reply_is_current(const struct packet *pkt, const struct conntrack_entry *entry)
{
	if (!(entry->flags & CONNTRACK_REPLY))
		return false;
	return pkt->protocol != IPPROTO_UDP || !(entry->flags & CONNTRACK_SERVICE) || conntrack_backend_is_there(entry);
}

/* Whether the packet still belongs to the entry that its tuple found. */
static __always_inline int flow_check(struct packet *pkt, struct conntrack_entry *entry)
{
	if (entry->flags & CONNTRACK_REPLY)
		return reply_is_current(pkt, entry) ? 0 : FLOW_RESTART;
	if (packet_is_tcp_syn(pkt)) {
		/* The same SYN again keeps its backend, also when it crosses its answer; any other starts anew, in both directions. */
		if (entry->flags & (CONNTRACK_CONFIRMED | CONNTRACK_CLOSING | CONNTRACK_FIN_ORIGINAL | CONNTRACK_FIN_REPLY))
			return FLOW_RESTART;
		if ((entry->flags & CONNTRACK_SERVICE) && !conntrack_backend_is_there(entry))
			return FLOW_RESTART;
		return conntrack_is_whole(&pkt->tuple, entry) ? 0 : FLOW_RESTART;
	}
	if ((entry->flags & CONNTRACK_SERVICE) && !conntrack_backend_is_there(entry)) {
		if (pkt->protocol != IPPROTO_TCP)
			return pkt->inner_offset ? DROP_BACKEND_GONE : FLOW_RESTART;
		conntrack_delete(&pkt->tuple, entry);
		return DROP_BACKEND_GONE;
	}
	if (pkt->protocol == IPPROTO_UDP) {
		if (!conntrack_is_alive(entry, IPPROTO_UDP, bpf_ktime_get_coarse_ns()))
			return FLOW_RESTART;
		if (!(entry->flags & CONNTRACK_ESTABLISHED) && !conntrack_is_whole(&pkt->tuple, entry))
			return FLOW_RESTART;
	}
	return 0;
}

/* A packet that can begin a flow as far as its protocol tells. */
static __always_inline bool flow_may_be_first(const struct packet *pkt)
{
	return pkt->protocol == IPPROTO_UDP || packet_is_tcp_syn(pkt);
}

/*
 * Starts what a packet of no known flow needs, which depends on where it goes: a service flow, a tracked one to a pod or a node, or nothing.
 * 0 or FLOW_STARTED, or why the packet ends here.
 */
__noinline int flow_start(struct packet *pkt)
{
	struct new_flow *new = new_flow_scratch();
	struct frontend *frontend;
	bool started = true;
	int reason;

	if (!pkt || !new)
		return DROP_CONNTRACK_FULL;
	new->key = pkt->tuple;
	if (pkt->forwarding.kind == IPCACHE_LOCAL_PODS || pkt->forwarding.kind == IPCACHE_REMOTE_PODS) {
		reason = plain_start(pkt, new, &started);
	} else {
		frontend = frontend_find(&new->key);
		if (frontend)
			reason = service_start(pkt, new, frontend);
		else if (pkt->forwarding.kind != IPCACHE_WORLD && pkt->hook == HOOK_FROM_POD && flow_may_be_first(pkt))
			reason = plain_start(pkt, new, &started);
		else
			return 0;
	}
	return reason ? reason : started ? FLOW_STARTED : 0;
}
