/* The test points: IEC 62053-21, -22, -23, -24 and, for power meters, 61557-12. */
#include "accuracy.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define IND(degrees) (degrees)
#define CAP(degrees) (-(degrees))

#define PF_08  36.8698976458440
#define PF_025 75.5224878140701

#define CHANGE(text_, condition_, by_) .text = text_, .condition = condition_, .by = by_

/* IEC 62053-21 classes 1 and 2 (Ib; In by transformer); 0.5 of edition 2 takes half of class 1. */
#define LIMITS_21(one, two)                                                                        \
    {                                                                                              \
        [CLASS_0_5] = (one) / 2, [CLASS_1] = (one), [CLASS_2] = (two)                              \
    }
static const struct accuracy_point points_21[] = {
    {0.05, 0.02, .limit = LIMITS_21(1.5, 2.5)},
    {0.1, 0.05, .limit = LIMITS_21(1, 2)},
    {1, 1, .limit = LIMITS_21(1, 2)},
    {1, 1, .of_imax = true, .limit = LIMITS_21(1, 2)},
    {0.1, 0.05, .phi_deg = IND(60), .limit = LIMITS_21(1.5, 2.5)},
    {0.2, 0.1, .phi_deg = IND(60), .limit = LIMITS_21(1, 2)},
    {1, 1, .phi_deg = IND(60), .limit = LIMITS_21(1, 2)},
    {1, 1, .of_imax = true, .phi_deg = IND(60), .limit = LIMITS_21(1, 2)},
    {0.1, 0.05, .phi_deg = CAP(PF_08), .limit = LIMITS_21(1.5, 0)},
    {0.2, 0.1, .phi_deg = CAP(PF_08), .limit = LIMITS_21(1, 0)},
    {1, 1, .of_imax = true, .phi_deg = CAP(PF_08), .limit = LIMITS_21(1, 0)},
    {1, 1, .phi_deg = IND(PF_025), .limit = LIMITS_21(3.5, 0)},
    {1, 1, .phi_deg = CAP(60), .limit = LIMITS_21(2.5, 0)},
    {0.1, 0.05, .single = true, .limit = LIMITS_21(2, 3)},
    {1, 1, .single = true, .limit = LIMITS_21(2, 3)},
    {0.2, 0.1, .single = true, .phi_deg = IND(60), .limit = LIMITS_21(2, 3)},
    {1, 1, CHANGE("U +10 %", CONDITION_U, 1.1), .limit = LIMITS_21(0.7, 1)},
    {1, 1, CHANGE("U -10 %", CONDITION_U, 0.9), .limit = LIMITS_21(0.7, 1)},
    {1, 1, .phi_deg = IND(60), CHANGE("U -10 %", CONDITION_U, 0.9), .limit = LIMITS_21(1, 1.5)},
    {1, 1, CHANGE("f +2 %", CONDITION_F, 1.02), .limit = LIMITS_21(0.5, 0.8)},
    {1, 1, .phi_deg = IND(60), CHANGE("f -2 %", CONDITION_F, 0.98), .limit = LIMITS_21(0.7, 1)},
    {0.1, 0.1, CHANGE("reversed phase sequence", CONDITION_REVERSED, 1),
     .limit = LIMITS_21(1.5, 1.5)},
    {1, 1, CHANGE("two phases interrupted", CONDITION_INTERRUPTED, 1), .limit = LIMITS_21(2, 4)},
    {0.5, 0.5, .of_imax = true, CHANGE("5th harmonic in U and I", CONDITION_WAVE, SIM_FIFTH),
     .limit = LIMITS_21(0.8, 1)},
    {1, 1, .of_imax = true, CHANGE("direct and even harmonics in I", CONDITION_WAVE, SIM_HALF_WAVE),
     .limit = LIMITS_21(3, 6)},
    {0.5, 0.5, CHANGE("odd harmonics in I", CONDITION_WAVE, SIM_FIRED), .limit = LIMITS_21(3, 6)},
    {0.5, 0.5, CHANGE("sub-harmonics in I", CONDITION_WAVE, SIM_BURST), .limit = LIMITS_21(3, 6)},
};

/* IEC 62053-22; classes 0.1S, 0.2S, 0.5S. */
#define LIMITS_22(a, b, c)                                                                         \
    {                                                                                              \
        [CLASS_0_1S] = (a), [CLASS_0_2S] = (b), [CLASS_0_5S] = (c)                                 \
    }
static const struct accuracy_point points_22[] = {
    {0.01, 0.01, .limit = LIMITS_22(0.2, 0.4, 1)},
    {0.05, 0.05, .limit = LIMITS_22(0.1, 0.2, 0.5)},
    {1, 1, .limit = LIMITS_22(0.1, 0.2, 0.5)},
    {1, 1, .of_imax = true, .limit = LIMITS_22(0.1, 0.2, 0.5)},
    {0.02, 0.02, .phi_deg = IND(60), .limit = LIMITS_22(0.25, 0.5, 1)},
    {0.1, 0.1, .phi_deg = IND(60), .limit = LIMITS_22(0.15, 0.3, 0.6)},
    {1, 1, .phi_deg = IND(60), .limit = LIMITS_22(0.15, 0.3, 0.6)},
    {1, 1, .of_imax = true, .phi_deg = IND(60), .limit = LIMITS_22(0.15, 0.3, 0.6)},
    {0.02, 0.02, .phi_deg = CAP(PF_08), .limit = LIMITS_22(0.25, 0.5, 1)},
    {0.1, 0.1, .phi_deg = CAP(PF_08), .limit = LIMITS_22(0.15, 0.3, 0.6)},
    {1, 1, .of_imax = true, .phi_deg = CAP(PF_08), .limit = LIMITS_22(0.15, 0.3, 0.6)},
    {0.1, 0.1, .phi_deg = IND(PF_025), .limit = LIMITS_22(0.25, 0.5, 1)},
    {0.1, 0.1, .phi_deg = CAP(60), .limit = LIMITS_22(0.25, 0.5, 1)},
    {0.05, 0.05, .single = true, .limit = LIMITS_22(0.15, 0.3, 0.6)},
    {1, 1, .single = true, .limit = LIMITS_22(0.15, 0.3, 0.6)},
    {0.1, 0.1, .single = true, .phi_deg = IND(60), .limit = LIMITS_22(0.2, 0.4, 1)},
    {1, 1, CHANGE("U +10 %", CONDITION_U, 1.1), .limit = LIMITS_22(0.1, 0.1, 0.2)},
    {1, 1, .phi_deg = IND(60), CHANGE("U -10 %", CONDITION_U, 0.9),
     .limit = LIMITS_22(0.2, 0.2, 0.4)},
    {1, 1, CHANGE("f +2 %", CONDITION_F, 1.02), .limit = LIMITS_22(0.1, 0.1, 0.2)},
    {1, 1, .phi_deg = IND(60), CHANGE("f -2 %", CONDITION_F, 0.98),
     .limit = LIMITS_22(0.1, 0.1, 0.2)},
    {0.1, 0.1, CHANGE("reversed phase sequence", CONDITION_REVERSED, 1),
     .limit = LIMITS_22(0.05, 0.05, 0.1)},
    {1, 1, CHANGE("two phases interrupted", CONDITION_INTERRUPTED, 1),
     .limit = LIMITS_22(0.5, 0.5, 1)},
    {0.5, 0.5, .of_imax = true, CHANGE("5th harmonic in U and I", CONDITION_WAVE, SIM_FIFTH),
     .limit = LIMITS_22(0.4, 0.4, 0.5)},
    {0.5, 0.5, CHANGE("sub-harmonics in I", CONDITION_WAVE, SIM_BURST),
     .limit = LIMITS_22(0.6, 0.6, 1.5)},
};

/* IEC 61557-12: multiples of the class, by the ranges of its P and Ea tables. */
#define LIMITS_PMD(n)                                                                              \
    {                                                                                              \
        [CLASS_0_2S] = (n)*0.2, [CLASS_0_5S] = (n)*0.5, [CLASS_0_5] = (n)*0.5,                     \
        [CLASS_1] = (n)*1.0, [CLASS_2] = (n)*2.0                                                   \
    }
static const struct accuracy_point points_pmd[] = {
    {0.02, 0.02, .limit = LIMITS_PMD(2)},
    {0.05, 0.05, .limit = LIMITS_PMD(1)},
    {1, 1, .limit = LIMITS_PMD(1)},
    {1, 1, .of_imax = true, .limit = LIMITS_PMD(1)},
    {0.05, 0.05, .phi_deg = IND(60), .limit = LIMITS_PMD(2)},
    {0.1, 0.1, .phi_deg = IND(60), .limit = LIMITS_PMD(1.5)},
    {1, 1, .of_imax = true, .phi_deg = IND(60), .limit = LIMITS_PMD(1.5)},
    {0.1, 0.1, .phi_deg = CAP(PF_08), .limit = LIMITS_PMD(1.5)},
    {1, 1, .of_imax = true, .phi_deg = CAP(PF_08), .limit = LIMITS_PMD(1.5)},
    {1, 1, .single = true, .limit = LIMITS_PMD(1.5)},
    {1, 1, CHANGE("U +10 %", CONDITION_U, 1.1), .limit = LIMITS_PMD(0.7)},
    {1, 1, CHANGE("f -2 %", CONDITION_F, 0.98), .limit = LIMITS_PMD(0.5)},
    {0.1, 0.1, CHANGE("reversed phase sequence", CONDITION_REVERSED, 1), .limit = LIMITS_PMD(1.5)},
    {1, 1, CHANGE("two phases interrupted", CONDITION_INTERRUPTED, 1), .limit = LIMITS_PMD(2)},
    {0.5, 0.5, .of_imax = true, CHANGE("5th harmonic in U and I", CONDITION_WAVE, SIM_FIFTH),
     .limit = LIMITS_PMD(0.8)},
    {0.5, 0.5, CHANGE("odd harmonics in I", CONDITION_WAVE, SIM_FIRED), .limit = LIMITS_PMD(3)},
    {0.5, 0.5, CHANGE("sub-harmonics in I", CONDITION_WAVE, SIM_BURST), .limit = LIMITS_PMD(3)},
};

/* IEC 62053-23: sinusoidal reactive energy, classes 2 and 3. */
/* The angles whose sine is 1, 0.5, 0.25. */
#define SIN_1   90
#define SIN_05  30
#define SIN_025 14.4775121859299
#define LIMITS_23(two, three)                                                                      \
    {                                                                                              \
        [CLASS_2] = (two), [CLASS_3] = (three)                                                     \
    }
static const struct accuracy_point points_23[] = {
    {0.05, 0.02, .phi_deg = SIN_1, .limit = LIMITS_23(2.5, 4)},
    {0.1, 0.05, .phi_deg = SIN_1, .limit = LIMITS_23(2, 3)},
    {1, 1, .phi_deg = SIN_1, .limit = LIMITS_23(2, 3)},
    {1, 1, .of_imax = true, .phi_deg = SIN_1, .limit = LIMITS_23(2, 3)},
    {1, 1, .phi_deg = -SIN_1, .limit = LIMITS_23(2, 3)},
    {0.1, 0.05, .phi_deg = SIN_05, .limit = LIMITS_23(2.5, 4)},
    {0.2, 0.1, .phi_deg = SIN_05, .limit = LIMITS_23(2, 3)},
    {1, 1, .of_imax = true, .phi_deg = SIN_05, .limit = LIMITS_23(2, 3)},
    {0.2, 0.1, .phi_deg = SIN_025, .limit = LIMITS_23(2.5, 4)},
    {1, 1, .phi_deg = -SIN_025, .limit = LIMITS_23(2.5, 4)},
    {1, 1, .single = true, .phi_deg = SIN_1, .limit = LIMITS_23(3, 4)},
    {1, 1, .phi_deg = SIN_1, CHANGE("U +10 %", CONDITION_U, 1.1), .limit = LIMITS_23(1, 2)},
    {1, 1, .phi_deg = SIN_05, CHANGE("f +2 %", CONDITION_F, 1.02), .limit = LIMITS_23(2.5, 2.5)},
    {0.5, 0.5, .of_imax = true, .phi_deg = SIN_1, CHANGE("direct current in I", CONDITION_DC, 0.5),
     .limit = LIMITS_23(6, 6)},
};

/* IEC 62053-24: fundamental reactive energy. */
#define LIMITS_24(a, b, c, d)                                                                      \
    {                                                                                              \
        [CLASS_0_5S] = (a), [CLASS_1] = (b), [CLASS_2] = (c), [CLASS_3] = (d)                      \
    }
static const struct accuracy_point points_24[] = {
    {0.05, 0.02, .phi_deg = SIN_1, .limit = LIMITS_24(1, 1.5, 2.5, 4)},
    {0.1, 0.05, .phi_deg = SIN_1, .limit = LIMITS_24(0.5, 1, 2, 3)},
    {1, 1, .phi_deg = SIN_1, .limit = LIMITS_24(0.5, 1, 2, 3)},
    {1, 1, .of_imax = true, .phi_deg = SIN_1, .limit = LIMITS_24(0.5, 1, 2, 3)},
    {1, 1, .phi_deg = -SIN_1, .limit = LIMITS_24(0.5, 1, 2, 3)},
    {0.1, 0.05, .phi_deg = SIN_05, .limit = LIMITS_24(1, 1.5, 2.5, 4)},
    {0.2, 0.1, .phi_deg = SIN_05, .limit = LIMITS_24(0.5, 1, 2, 3)},
    {1, 1, .of_imax = true, .phi_deg = SIN_05, .limit = LIMITS_24(0.5, 1, 2, 3)},
    {0.2, 0.1, .phi_deg = SIN_025, .limit = LIMITS_24(1, 2, 2.5, 4)},
    {1, 1, .phi_deg = -SIN_025, .limit = LIMITS_24(1, 2, 2.5, 4)},
    {1, 1, .single = true, .phi_deg = SIN_1, .limit = LIMITS_24(0.7, 1.5, 3, 4)},
    {1, 1, .phi_deg = SIN_1, CHANGE("U +10 %", CONDITION_U, 1.1),
     .limit = LIMITS_24(0.25, 0.5, 1, 2)},
    {1, 1, .phi_deg = SIN_05, CHANGE("f +2 %", CONDITION_F, 1.02),
     .limit = LIMITS_24(0.5, 1, 2.5, 2.5)},
    {0.5, 0.5, .of_imax = true, .phi_deg = SIN_1,
     CHANGE("5th harmonic in U and I", CONDITION_WAVE, SIM_FIFTH),
     .limit = LIMITS_24(0.5, 1, 2, 3)},
};

const struct accuracy_table accuracy_tables[STANDARD_COUNT] = {
    [STANDARD_62053_21] = {"IEC 62053-21", false, points_21, COUNT(points_21)},
    [STANDARD_62053_22] = {"IEC 62053-22", false, points_22, COUNT(points_22)},
    [STANDARD_61557_12] = {"IEC 61557-12", false, points_pmd, COUNT(points_pmd)},
    [STANDARD_62053_23] = {"IEC 62053-23", true, points_23, COUNT(points_23)},
    [STANDARD_62053_24] = {"IEC 62053-24", true, points_24, COUNT(points_24)},
};
