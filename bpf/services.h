/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/* frontend -> slots -> backend. A frontend's list changes in one map update: its slots are written
 * to a new place first. */
#pragma once

#include "types.h"

/*
 * A NodePort is at the unspecified address of its family, ::ffff:0.0.0.0 or ::, which stands for all addresses of this node. Port and
 * protocol 0: something of a service is at this address (FRONTEND_ADDRESS).
 */
struct frontend_key {
	struct address address;
	__be16 port;
	__u8 protocol; /* IPPROTO_* */
	__u8 pad;
};

enum frontend_flag {
	/* A list is empty though there are backends, none of which its traffic policy allows: drop; else reject. */
	FRONTEND_INSIDE_DROP = 1,
	FRONTEND_OUTSIDE_DROP = 2,
	/* The list has backends of this node only (traffic policy Local). */
	FRONTEND_INSIDE_LOCAL = 4,
	FRONTEND_OUTSIDE_LOCAL = 8,
	FRONTEND_CONSISTENT = 16,    /* the slots are a Maglev table: the flow's hash chooses, not chance */
	FRONTEND_SOURCE_RANGES = 32, /* for clients in nw_source_ranges only */
	FRONTEND_ADDRESS = 64,	     /* no frontend: marks a ClusterIP, whose other ports are rejected */
};

/* Adjacent places in nw_slots. */
struct slot_list {
	__u32 base;
	__u32 count; /* 0: no backend */
};

struct frontend {
	__u32 service;		  /* id, key of nw_services; never 0 */
	__u32 flags;		  /* enum frontend_flag */
	struct slot_list inside;  /* for this node's pods and processes */
	struct slot_list outside; /* for everybody else */
	__u32 affinity_timeout;	  /* a client stays with its backend until this long after its last new flow; seconds; 0: it does not */
	__u32 pad;
};
_Static_assert(sizeof(struct frontend) == 32, "no implicit padding");

/* Which of its service's lists have the backend: where a client's affinity may send it. */
enum backend_flag {
	BACKEND_IN_CLUSTER_LIST = 1,
	BACKEND_IN_LOCAL_LIST = 2,
};

/* A backend of one service. One that may only go on serving its flows stays here without a slot. */
struct backend {
	struct address address;
	__be16 port;
	__u8 protocol; /* IPPROTO_* */
	__u8 pad;
	__u32 service;	  /* id; 0: this place is free */
	__u32 generation; /* changes whenever the place is given to another backend; never 0 while
			     in use */
	__u32 flags;	  /* enum backend_flag */
};

/* A Kubernetes Service port, for people and for the agent's restart: id -> names. Not read by any
 * hook. */
struct service {
	char namespace[64]; /* zero-terminated; DNS labels have at most 63 */
	char name[64];
	char port_name[64]; /* empty when the Service's only port has no name */
	__be16 port;	    /* the Service's port */
	__u8 protocol;	    /* IPPROTO_* */
	__u8 pad;
};

/* Writer of all seven: the agent. Order: delete frontends, upsert backends, upsert slots and source ranges, upsert frontends, delete
 * backends and source ranges. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, struct frontend_key);
	__type(value, struct frontend);
	__uint(max_entries, 262144);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
} nw_frontends SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__type(key, __u32);
	__type(value, __u32); /* index into nw_backends */
	__uint(max_entries, 1048576);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
} nw_slots SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__type(key, __u32);
	__type(value, struct backend);
	__uint(max_entries, 131072);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
} nw_backends SEC(".maps");

/*
 * Backends by address, with how many of nw_backends have it. A flow straight to such an address is
 * tracked, because a flow of the same client port to the service could have the same reply.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, struct frontend_key);
	__type(value, __u32);
	__uint(max_entries, 131072);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
} nw_backend_refs SEC(".maps");

/* As nw_epoch, for nw_backends and nw_backend_refs: written after them. Writer: the agent. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__type(key, __u32);
	__type(value, __u64);
	__uint(max_entries, 1);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
} nw_backend_epoch SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, __u32);
	__type(value, struct service);
	__uint(max_entries, 65536);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
} nw_services SEC(".maps");

/* A load balancer's source range: only its clients reach a frontend with FRONTEND_SOURCE_RANGES. */
struct source_range_key {
	__u32 prefix_length; /* 32 bits of the service, then those of the address: an IPv4 prefix counts 96 more; host order */
	__u32 service;
	struct address address;
};

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__type(key, struct source_range_key);
	__type(value, __u32); /* 1 */
	__uint(max_entries, 65536);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
} nw_source_ranges SEC(".maps");

struct affinity_key {
	struct address client;
	__u32 service;
};

struct affinity {
	__u64 last_used; /* CLOCK_MONOTONIC, ns, coarse: the client's last new flow */
	__u32 backend;	 /* index into nw_backends */
	__u32 generation;
};

/* The backend that a client was last sent to (sessionAffinity: ClientIP). Writer: the hooks, when a flow starts. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__type(key, struct affinity_key);
	__type(value, struct affinity);
	__uint(max_entries, 65536);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
} nw_affinity SEC(".maps");

static __always_inline __u64 backend_epoch_now(void)
{
	__u32 zero = 0;
	__u64 *epoch = bpf_map_lookup_elem(&nw_backend_epoch, &zero);

	return epoch ? *(volatile __u64 *)epoch : 0;
}

EXPORT_ENUM(frontend_flag);
EXPORT_ENUM(backend_flag);
