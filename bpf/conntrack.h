/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/* Flows: found, checked, started. */
#pragma once

#include "config.h"
#include "known_flows.h"
#include "nat.h"
#include "previous.h"
#include "services.h"

enum {
	/* How often another source port is tried before the flow is refused. */
	PORT_TRIES = 32,
};

/* A flow in the making. Too large for the stack; programs of one CPU do not interrupt each other. */
struct new_flow {
	struct tuple key;
	struct conntrack_entry original;
	struct tuple reply_key;
	struct conntrack_entry reply;
	struct tuple other; /* of the flow that holds reply_key */
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__type(key, __u32);
	__type(value, struct new_flow);
	__uint(max_entries, 1);
} nw_scratch SEC(".maps");

static __always_inline struct new_flow *new_flow_scratch(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&nw_scratch, &zero);
}

static __always_inline struct conntrack_entry *conntrack_find(const struct tuple *tuple)
{
	return bpf_map_lookup_elem(&nw_conntrack, tuple);
}

static __always_inline void conntrack_forget(const struct tuple *tuple)
{
	bpf_map_delete_elem(&nw_conntrack, tuple);
	flow_changed(tuple);
}

/* 0, or why not: BPF_NOEXIST and there is one, or no memory. */
static __always_inline long conntrack_store(const struct tuple *tuple, const struct conntrack_entry *entry, __u64 flags)
{
	long failed = bpf_map_update_elem(&nw_conntrack, tuple, entry, flags);

	if (!failed)
		flow_changed(tuple);
	return failed;
}

static __always_inline struct backend *backend_find(__u32 index)
{
	return bpf_map_lookup_elem(&nw_backends, &index);
}

static __always_inline bool address_is_backend(const struct tuple *tuple)
{
	struct frontend_key key = {.address = tuple->daddr, .port = tuple->dport, .protocol = tuple->protocol};

	return bpf_map_lookup_elem(&nw_backend_refs, &key) != NULL;
}

static __always_inline bool conntrack_backend_is_there(const struct conntrack_entry *entry)
{
	struct backend *backend = backend_find(entry->backend);

	return backend && backend->service == entry->service && backend->generation == entry->generation;
}

static __always_inline bool conntrack_is_alive(const struct conntrack_entry *original, __u8 protocol, __u64 now)
{
	__u64 timeout = CONNTRACK_TIMEOUT_NEW;

	if (protocol == IPPROTO_ICMP || protocol == IPPROTO_ICMPV6_)
		timeout = CONNTRACK_TIMEOUT_ICMP;
	else if (protocol == IPPROTO_TCP && (original->flags & CONNTRACK_CLOSING))
		timeout = CONNTRACK_TIMEOUT_TCP_REUSE;
	else if (protocol == IPPROTO_TCP && (original->flags & (CONNTRACK_FIN_ORIGINAL | CONNTRACK_FIN_REPLY)))
		timeout = CONNTRACK_TIMEOUT_TCP_HALF_CLOSED;
	else if (protocol == IPPROTO_TCP && (original->flags & CONNTRACK_CONFIRMED))
		timeout = CONNTRACK_TIMEOUT_TCP_ESTABLISHED;
	else if (protocol != IPPROTO_TCP && (original->flags & CONNTRACK_ESTABLISHED))
		timeout = CONNTRACK_TIMEOUT_UDP_ESTABLISHED;
	/* Another CPU may have seen a packet since. */
	return (__s64)(now - original->last_seen) < (__s64)(timeout * SECOND);
}

/* Changes flags, and when the flow was last seen, on the other direction's entry too: only the original one decides over a flow's life. */
static __noinline int conntrack_mark(struct conntrack_entry *entry, __u32 set, __u32 clear)
{
	struct conntrack_entry *other;
	struct tuple key;

	entry->flags = (entry->flags & ~clear) | set;
	tuple_reverse(&key, &entry->target);
	other = conntrack_find(&key);
	if (other) {
		other->flags = (other->flags & ~clear) | set;
		other->last_seen = entry->last_seen;
	}
	return 0;
}

/* What this packet says about its flow. An ICMP error says nothing: it is not the peer's word. */
static __always_inline __u32 conntrack_news(const struct packet *pkt, const struct conntrack_entry *entry)
{
	bool reply = entry->flags & CONNTRACK_REPLY;
	__u32 news = reply ? CONNTRACK_ESTABLISHED : 0;

	if (pkt->protocol != IPPROTO_TCP || pkt->fragment == FRAGMENT_LATER)
		return news;
	if (!reply && (entry->flags & CONNTRACK_ESTABLISHED) && !(pkt->tcp_flags & TCP_SYN))
		news |= CONNTRACK_CONFIRMED;
	if (pkt->tcp_flags & TCP_FIN)
		news |= reply ? CONNTRACK_FIN_REPLY : CONNTRACK_FIN_ORIGINAL;
	if ((pkt->tcp_flags & TCP_RST) || (~(entry->flags | news) & (CONNTRACK_FIN_ORIGINAL | CONNTRACK_FIN_REPLY)) == 0)
		news |= CONNTRACK_CLOSING;
	return news;
}

/* A connection that goes on a second after its reset was not reset: anybody can forge one, and its ends judge its sequence number. */
static __always_inline bool reset_was_forged(const struct packet *pkt, const struct conntrack_entry *entry)
{
	const __u32 both = CONNTRACK_FIN_ORIGINAL | CONNTRACK_FIN_REPLY;

	return (entry->flags & CONNTRACK_CLOSING) && (entry->flags & both) != both && pkt->protocol == IPPROTO_TCP &&
	       !(pkt->tcp_flags & (TCP_SYN | TCP_FIN | TCP_RST));
}

static __always_inline void conntrack_touch(struct packet *pkt, struct conntrack_entry *entry)
{
	__u64 now = bpf_ktime_get_coarse_ns();
	bool seen = (__s64)(now - entry->last_seen) > (__s64)SECOND, forged;
	__u32 news;

	if (pkt->inner_offset)
		return;
	news = conntrack_news(pkt, entry) & ~entry->flags;
	forged = seen && reset_was_forged(pkt, entry);
	if (seen || (news & CONNTRACK_CLOSING))
		entry->last_seen = now;
	if (news || forged || (seen && (entry->flags & CONNTRACK_REPLY)))
		conntrack_mark(entry, news, forged ? CONNTRACK_CLOSING : 0);
}

/* The table forgets single entries: whether the other direction of `key`'s entry is there, and still belongs to it. */
static __noinline bool conntrack_is_whole(const struct tuple *key, const struct conntrack_entry *entry)
{
	struct conntrack_entry *other;
	struct tuple reverse;

	tuple_reverse(&reverse, &entry->target);
	other = conntrack_find(&reverse);
	if (!other)
		return previous_has(&reverse); /* not copied yet */
	tuple_reverse(&reverse, key);
	return tuple_equal(&other->target, &reverse);
}

static __noinline int conntrack_delete(const struct tuple *key, const struct conntrack_entry *entry)
{
	struct tuple reverse;

	tuple_reverse(&reverse, &entry->target);
	if (conntrack_is_whole(key, entry))
		conntrack_forget(&reverse);
	conntrack_forget(key);
	return 0;
}

/*
 * Takes reply_key for the flow in the making, unless a flow that is alive has it. 0: taken.
 *
 * This and the other functions without `static` are verified once, by themselves (bpf_func_info's BTF_FUNC_GLOBAL), not at every call.
 * They keep map keys in nw_scratch or on their own stack: older verifiers take no others.
 */
__noinline int reply_claim(void)
{
	struct new_flow *new = new_flow_scratch();
	struct conntrack_entry *holder, *original;
	struct tuple its_reply;

	if (!new)
		return 1;
	/* Not copied yet: perhaps of a flow that is alive. */
	if (previous_has(&new->reply_key) && !conntrack_find(&new->reply_key))
		return 1;
	if (!conntrack_store(&new->reply_key, &new->reply, BPF_NOEXIST))
		return 0;
	holder = conntrack_find(&new->reply_key);
	if (holder && !tuple_equal(&holder->target, &new->reply.target)) {
		tuple_reverse(&new->other, &holder->target);
		original = conntrack_find(&new->other);
		if (!original && previous_has(&new->other))
			return 1;
		if (original) {
			tuple_reverse(&its_reply, &original->target);
			if (tuple_equal(&its_reply, &new->reply_key)) {
				if (conntrack_is_alive(original, new->reply_key.protocol, new->reply.last_seen))
					return 1;
				conntrack_forget(&new->other);
			}
		}
	}
	return conntrack_store(&new->reply_key, &new->reply, BPF_ANY) ? 1 : 0;
}

/* Whether the flow can get another source port: ICMP has one only in requests. */
static __always_inline bool flow_has_free_port(const struct tuple *flow)
{
	return flow->protocol == IPPROTO_TCP || flow->protocol == IPPROTO_UDP || flow->protocol == IPPROTO_SCTP ||
	       ((flow->protocol == IPPROTO_ICMP || flow->protocol == IPPROTO_ICMPV6_) && flow->sport);
}

/*
 * Stores both directions of the flow in the making, whose key and original.{target,service,backend,generation,flags} are filled in. With
 * `any_port` the source port comes from the SNAT range; without, only if the reply would be that of another live flow.
 */
__noinline int conntrack_create(bool any_port)
{
	__u32 range = config.snat_port_max - config.snat_port_min + 1;
	__u32 try = bpf_get_prandom_u32();
	struct new_flow *new = new_flow_scratch();
	struct conntrack_entry *old;
	bool free_port;

	if (!new || !range)
		return DROP_CONNTRACK_FULL;
	free_port = flow_has_free_port(&new->key);
	new->original.last_seen = bpf_ktime_get_coarse_ns();
	new->reply.last_seen = new->original.last_seen;
	new->reply.service = new->original.service;
	new->reply.backend = new->original.backend;
	new->reply.generation = new->original.generation;
	new->reply.flags = new->original.flags | CONNTRACK_REPLY;
	tuple_reverse(&new->reply.target, &new->key);

	old = conntrack_find(&new->key);
	if (old) {
		tuple_reverse(&new->reply_key, &old->target);
		if (conntrack_is_whole(&new->key, old))
			conntrack_forget(&new->reply_key);
	}
	for (int i = 0; i < PORT_TRIES; i++) {
		if ((any_port || i) && free_port) {
			new->original.target.sport = bpf_htons(config.snat_port_min + try++ % range);
			new->original.flags |= CONNTRACK_SNAT;
		}
		tuple_reverse(&new->reply_key, &new->original.target);
		if (!reply_claim()) {
			if (!conntrack_store(&new->key, &new->original, BPF_ANY))
				return 0;
			conntrack_forget(&new->reply_key);
			return DROP_CONNTRACK_FULL;
		}
		if (!free_port)
			break;
	}
	if (old) /* its reply is gone already */
		conntrack_forget(&new->key);
	return DROP_SNAT_EXHAUSTED;
}
