/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/* What becomes of a packet's flow: it follows its conntrack entry, or starts one, or needs none. */
#pragma once

#include "balance.h"

enum {
	FLOW_STARTED = -1, /* there is an entry for it now */
	FLOW_RESTART = -2, /* the entry is of an earlier flow, or its backend is gone: choose again */
};

/*
 * A flow straight to a pod or a node. It needs an entry only if a flow of the same client port to a service could get the same reply: when its
 * destination is a backend, or when such a flow left its entry behind.
 */
static __always_inline int plain_start(struct packet *pkt, struct new_flow *new, bool *needed)
{
	*needed = address_is_backend(&new->key);
	if (!*needed && pkt->protocol == IPPROTO_TCP) {
		tuple_reverse(&new->reply_key, &new->key);
		*needed = conntrack_find(&new->reply_key) || previous_has(&new->reply_key);
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
		/*
		 * After the end of the connection it starts another, in both directions. Before, it goes where the connection goes: anybody
		 * can forge a SYN; a backend that knows the connection asks back (RFC 5961, 4), and a client that has forgotten it resets it.
		 */
		if (entry->flags & CONNTRACK_CLOSING)
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
		__u64 now = bpf_ktime_get_coarse_ns();

		if (!conntrack_is_alive(entry, IPPROTO_UDP, now))
			return FLOW_RESTART;
		/* Asked once a second: for each datagram it would be the dearest of all look-ups. */
		if ((__s64)(now - entry->last_seen) > (__s64)SECOND && !conntrack_is_whole(&pkt->tuple, entry))
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
	} else if (pkt->forwarding.kind == IPCACHE_HOST && pkt->protocol == IPPROTO_TCP && !packet_is_tcp_syn(pkt)) {
		return 0; /* of a connection of this host's own, or the host stack resets it */
	} else {
		frontend = frontend_of(pkt);
		if (frontend)
			reason = service_start(pkt, new, frontend);
		else if (pkt->forwarding.kind == IPCACHE_SERVICES)
			return service_address_is_used(&new->key.daddr) ? DROP_NO_SUCH_PORT : DROP_NO_SUCH_SERVICE;
		else if (pkt->forwarding.kind != IPCACHE_WORLD && pkt->hook == HOOK_FROM_POD && flow_may_be_first(pkt))
			reason = plain_start(pkt, new, &started);
		else
			return 0;
	}
	return reason ? reason : started ? FLOW_STARTED : 0;
}

/*
 * The same for a packet from outside to this node or a service. 0: nothing of ours, or straight to where it says.
 *
 * What the answer to a connection straight to a pod or this node would look like may be taken: by a flow that came through a service with the
 * same client port, whose backend saw the client's own address. Then this one is tracked, and gets another port.
 */
__noinline int outside_start(struct packet *pkt)
{
	struct new_flow *new = new_flow_scratch();
	const struct forwarding *way;
	struct conntrack_entry *holder;

	if (!pkt || !new || pkt->inner_offset)
		return 0;
	if (flow_may_be_first(pkt)) {
		tuple_reverse(&new->reply_key, &pkt->tuple);
		holder = conntrack_find(&new->reply_key);
		if ((holder ? holder->flags & CONNTRACK_REPLY : previous_has(&new->reply_key)) && !source_is_of_this_node(pkt)) {
			new->key = pkt->tuple;
			new->original.target = pkt->tuple;
			new->original.service = new->original.backend = new->original.generation = new->original.flags = 0;
			return conntrack_create(false) ?: FLOW_STARTED;
		}
	} else if (pkt->protocol == IPPROTO_TCP && address_is_node(&pkt->tuple.daddr, pkt->ipv6)) {
		return 0; /* the host stack knows best what to say to it */
	}
	if (!address_is_routable(&pkt->tuple.daddr, pkt->ipv6))
		return 0;
	way = way_find(&pkt->tuple.daddr, epoch_now());
	pkt->forwarding.kind = way ? way->kind : IPCACHE_WORLD;
	switch (pkt->forwarding.kind) {
	case IPCACHE_LOCAL_PODS:
	case IPCACHE_REMOTE_PODS:
	case IPCACHE_REMOTE_NODE:
		return 0;
	}
	return flow_start(pkt);
}
