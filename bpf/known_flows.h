/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/* Flows in use, remembered by each CPU: what became of a flow's last packet becomes of its next one. */
#pragma once

#include "config.h"
#include "packet.h"
#include "services.h"

enum {
	KNOWN_FLOWS_BITS = 10,	 /* 1024 of 160 bytes on each CPU: flows in use at one time, not all that there are */
	FLOW_VERSIONS_BITS = 12, /* several tuples share a version: one that changes costs the others a look-up */
	F_PASSING_FLAGS = TCP_SYN | TCP_FIN | TCP_RST,
	/*
	 * In ticks (32 ms with 250 a second, 8 with 1000, 80 with 100). After so long a flow is looked up again: an entry that nobody asks for is the
	 * first that a full table forgets. Ticks, because they are read in place, and the clock by a call that costs a tenth of the hook.
	 */
	KNOWN_FLOW_LIFETIME = 8,
};

/* Of packets that leave by a device, beside its ifindex. */
#define SOURCE_LEAVES (1U << 31)

#define SECOND 1000000000ULL

/* Valid while all of this is as it was before the look-ups that it is made of: both epochs, the tuple's version. */
struct known_flow {
	struct tuple tuple; /* as its packets arrive */
	__u64 checked;	    /* jiffies */
	__u64 backends;	    /* nw_backend_epoch; forwarding has nw_epoch */
	__u32 version;
	__u32 source; /* the device that its packets come from: a source that was checked; or leave by: SOURCE_LEAVES */
	struct forwarding forwarding;
	__be32 peer;	     /* the tunnel's other end, IPv4; 0: came without a tunnel */
	__u32 flags;	     /* of its entry, enum conntrack_flag; plain flows: 0 */
	struct tuple target; /* what its packets become */
};
_Static_assert(sizeof(struct known_flow) == 160, "no implicit padding");

/* Each flow has one place, which the last one that was looked up takes. Writer: the hooks, on their CPU. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__type(key, __u32);
	__type(value, struct known_flow);
	__uint(max_entries, 1 << KNOWN_FLOWS_BITS);
} nw_known_flows SEC(".maps");

/* Changes after an entry of nw_conntrack came, went or was replaced, for the places of other CPUs. Writer: the hooks. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__type(key, __u32);
	__type(value, __u32);
	__uint(max_entries, 1 << FLOW_VERSIONS_BITS);
} nw_flow_versions SEC(".maps");

/* What was current when a packet came, before anything was looked up for it. */
struct moment {
	__u64 ways;	/* nw_epoch */
	__u64 backends; /* nw_backend_epoch */
	__u32 version;
	__u32 place;
};

static __always_inline __u64 tuple_mix(const struct tuple *tuple)
{
	const __u64 *words = (const __u64 *)tuple;
	__u64 sum = words[0] * 0x9e3779b97f4a7c15ULL + words[1] * 0xc2b2ae3d27d4eb4fULL + words[2] * 0x165667b19e3779f9ULL +
		    words[3] * 0xd6e8feb86659fd93ULL + words[4] * 0xff51afd7ed558ccdULL;

	return (sum ^ sum >> 32) * 0x9e3779b97f4a7c15ULL;
}

static __always_inline __u32 *flow_version(__u64 mix)
{
	__u32 index = mix >> 32 & ((1 << FLOW_VERSIONS_BITS) - 1);

	return bpf_map_lookup_elem(&nw_flow_versions, &index);
}

/*
 * After each change of the tuple's entry by a hook. In this order on x86; where it is not kept, what is remembered in between is wrong for its
 * lifetime (an atomic that keeps it everywhere is unknown to arm64's kernels before 5.18).
 */
static __noinline int flow_changed(const struct tuple *tuple)
{
	__u32 *version = flow_version(tuple_mix(tuple));

	if (version)
		__sync_fetch_and_add(version, 1);
	return 0;
}

/* A packet that says nothing about its flow but that it goes on. */
static __always_inline bool packet_is_ordinary(const struct packet *pkt)
{
	return !pkt->inner_offset && !(pkt->protocol == IPPROTO_TCP && (pkt->tcp_flags & F_PASSING_FLAGS));
}

/* The packet's flow as this CPU remembers it, or NULL: then it has to be looked up, and *now says as of when. */
static __always_inline struct known_flow *flow_recall(const struct packet *pkt, __u32 source, __be32 peer, struct moment *now)
{
	__u64 mix = tuple_mix(&pkt->tuple);
	struct known_flow *flow;
	__u32 *version;

	now->ways = epoch_now();
	now->backends = backend_epoch_now();
	version = flow_version(mix);
	now->version = version ? *(volatile __u32 *)version : 0;
	now->place = mix >> (64 - KNOWN_FLOWS_BITS);
	if (config.migrating)
		return NULL;
	flow = bpf_map_lookup_elem(&nw_known_flows, &now->place);
	if (!flow || !now->ways || !tuple_equal(&flow->tuple, &pkt->tuple))
		return NULL;
	if (flow->forwarding.epoch != now->ways || flow->backends != now->backends || flow->version != now->version)
		return NULL;
	if (flow->source != source || flow->peer != peer || !packet_is_ordinary(pkt))
		return NULL;
	return bpf_jiffies64() - flow->checked > KNOWN_FLOW_LIFETIME ? NULL : flow;
}

static __always_inline bool way_is_remembered(const struct forwarding *way)
{
	return way->kind == IPCACHE_LOCAL_PODS || way->kind == IPCACHE_REMOTE_PODS || way->kind == IPCACHE_HOST;
}

/* Remembers a packet's flow that was looked up as of *now, and that has `entry`, or none. */
static __always_inline void flow_remember(const struct packet *pkt, __u32 source, __be32 peer, const struct moment *now,
					  const struct conntrack_entry *entry)
{
	__u32 place = now->place;
	struct known_flow *flow;

	if (config.migrating || !packet_is_ordinary(pkt))
		return;
	if (!entry && !way_is_remembered(&pkt->forwarding))
		return;
	/* The table may have given a forgotten entry's memory to another flow meanwhile. */
	if (entry && !tuple_equal(&entry->target, &pkt->tuple))
		return;
	flow = bpf_map_lookup_elem(&nw_known_flows, &place);
	if (!flow)
		return;
	flow->tuple = pkt->translated ? pkt->arrived : pkt->tuple;
	flow->checked = bpf_jiffies64();
	flow->backends = now->backends;
	flow->version = now->version;
	flow->source = source;
	flow->forwarding = pkt->forwarding;
	flow->forwarding.epoch = now->ways;
	flow->peer = peer;
	flow->flags = entry ? entry->flags : 0;
	flow->target = pkt->tuple;
}
