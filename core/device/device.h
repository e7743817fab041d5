/*
 * device/device.h: a whole meter: metrology's products or a load in, through storage and meter, in
 * time.
 *
 * Owns: the meter, its store and the order in which things happen: energy first, up to the moment
 * when a period ends; then that end; then on. Nothing is counted into the wrong interval.
 *
 * Two ways to feed it, which nobody mixes. *Live*: device_slice() and device_window() take what
 * metrology gives, with the device time at which it ends; time goes on with the slices. Slices that
 * end where periods end (metrology_cut()) are exact; one across an end is divided in proportion to
 * time. *Virtual*: device_load() says what flows from now on, device_step() integrates it exactly
 * to every event on the way.
 *
 * Time: `now_us`, microseconds of device time (meter/meter.h). Called by: the event loop, the
 * simulator, firmware; one thread. Memory is the caller's: that of the meter (meter.memory,
 * scratch), struct device_circuit per circuit, DEVICE_STORE_MEMORY for the index of the store.
 */
#ifndef DEVICE_DEVICE_H
#define DEVICE_DEVICE_H

#include "base/block.h"
#include "meter/meter.h"
#include "storage/storage.h"

#define DEVICE_KEYS(circuits) (4 + 3 * (circuits))
#define DEVICE_LOGS_MAX       (1 + METER_PROFILES_MAX)

/* Bytes for the index of the store. */
#define DEVICE_STORE_MEMORY(circuits) STORAGE_MEMORY(DEVICE_KEYS(circuits), DEVICE_LOGS_MAX)

/* 150 MW in an element: what a step integrates at once is an hour at most, and a slice. */
#define DEVICE_POWER_MAX_M INT64_C(150000000000)

/* What flows through one circuit until it is told otherwise. */
struct device_load {
    int64_t p_mw[ELEMENTS_MAX], q_mvar[ELEMENTS_MAX], s_mva[ELEMENTS_MAX]; /* signs as in slices */
    struct quantities window; /* the same as people read it */
};

struct device_circuit {
    struct device_load load;
    bool has_load;
    int16_t rest[ELEMENTS_MAX][3]; /* thousandths of a microjoule: P, Q, S */
    struct slice slice;            /* waits until every circuit has given its own */
    bool has_slice;
};

struct device_config {
    struct meter_config meter;        /* its store is set here */
    struct device_circuit *memory;    /* meter.circuits of them */
    const struct block_device *block; /* NULL: nothing is remembered */
    void *store_memory;               /* DEVICE_STORE_MEMORY(circuits), aligned for a uint32_t */
    size_t store_memory_size;
};

struct device {
    struct meter meter;
    struct storage storage;
    struct store store;
    struct storage_log log[DEVICE_LOGS_MAX];
    struct device_circuit *circuit;
    int64_t now_us;
    bool is_on;
    bool was_formatted; /* the store was blank, and is new */
    bool is_damaged;    /* the medium lost commits; said as an event at power up */
    uint64_t divided;   /* slices that lay across the end of a period */
};

/* Mounts the store, formats it if it is blank, and takes over what it has. 1: it had something, 0:
 * the meter is new. Errors as of meter_init(), meter_load(), storage_init() and storage_mount(). */
int device_init(struct device *self, const struct device_config *config) MUST_USE;

/* What the store of this meter wants of its block device: sectors, of the size and unit there. */
int64_t device_sectors(const struct meter_config *meter, const struct block_device *block) MUST_USE;

/* Power came at `now_us`, after `off_us` without (negative: nobody knows), counted from the last
 * commit. */
void device_power_up(struct device *self, int64_t now_us, int64_t off_us);

/* The power-fail warning: all is kept. 0, or the error of the store. */
int device_power_fail(struct device *self, int64_t now_us) MUST_USE;

/* Virtual: from now on this flows through a circuit. ERR_RANGE: no such circuit, other elements, a
 * power beyond DEVICE_POWER_MAX_M, an apparent one below 0. */
int device_load(struct device *self, unsigned circuit, const struct device_load *load) MUST_USE;

/* Virtual: time goes on to `now_us`, through all that happens on the way. */
void device_step(struct device *self, int64_t now_us);

/* Live: a slice that ends at device time `end_us`. Errors as of meter_apply_slice(). */
int device_slice(struct device *self, const struct slice *slice, int64_t end_us) MUST_USE;
int device_window(struct device *self, const struct quantities *window,
                  int64_t duration_us) MUST_USE;

#endif
