/*
 * metrology/wiring_voltage.h: what the voltages of one window say. Private to wiring_check.
 */
#ifndef METROLOGY_WIRING_VOLTAGE_H
#define METROLOGY_WIRING_VOLTAGE_H

#include "metrology/sequence.h"
#include "metrology/wiring_check.h"

struct voltage_view {
    struct sequence_phasor phase[ELEMENTS_MAX]; /* of the conductors, as far as they can be told */
    uint8_t missing;                            /* bit per element */
    bool usable;                                /* currents can be judged against them */
    bool reversed;                              /* the sequence is L1 L3 L2 */
    enum wiring_fault fault;                    /* WIRING_FAULTS: none */
    uint8_t a, b;
    double zero_percent; /* zero sequence of the positive one */
};

struct voltage_view voltage_view_of(const struct wiring_check_config *config,
                                    const struct quantities *window);

struct sequence_phasor phasor_of(double size, double degrees);
double phasor_degrees(struct sequence_phasor p);
double phasor_size(struct sequence_phasor p);

#endif
