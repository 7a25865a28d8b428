/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/* frontend -> slots -> backend. A frontend's list changes in one map update: its slots are written
 * to a new place first. */
#pragma once

#include "types.h"

struct frontend_key {
	struct address address;
	__be16 port;
	__u8 protocol; /* IPPROTO_* */
	__u8 pad;
};

enum frontend_flag {
	FRONTEND_DROP_WHEN_EMPTY = 1, /* backends exist, but none that the traffic policy allows: drop; else reject */
};

struct frontend {
	__u32 service;	  /* id, key of nw_services; never 0 */
	__u32 slot_base;  /* first of its slots */
	__u32 slot_count; /* 0: no backend */
	__u32 flags;	  /* enum frontend_flag */
};

/* A backend of one service. Serving but terminating backends stay here for their flows, without a
 * slot. */
struct backend {
	struct address address;
	__be16 port;
	__u8 protocol; /* IPPROTO_* */
	__u8 pad;
	__u32 service;	  /* id; 0: this place is free */
	__u32 generation; /* changes whenever the place is given to another backend; never 0 while
			     in use */
	__u32 pad2;
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

/* Writer of all five: the agent. Order: delete frontends, upsert backends, upsert slots, upsert
 * frontends, delete backends. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, struct frontend_key);
	__type(value, struct frontend);
	__uint(max_entries, 65536);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
} nw_frontends SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__type(key, __u32);
	__type(value, __u32); /* index into nw_backends */
	__uint(max_entries, 524288);
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

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, __u32);
	__type(value, struct service);
	__uint(max_entries, 65536);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
} nw_services SEC(".maps");

EXPORT_ENUM(frontend_flag);
