/* Every product that Blondel knows, one const table each; in the order in which people list them.
 * To add one: write its `const struct model model_NAME` and one entry here. */
#include "model/model.h"

#define MODELS(M)                                                                                  \
    M(sed102)                                                                                      \
    M(sed302)                                                                                      \
    M(sm306)                                                                                       \
    M(sm307) M(sm120b2) M(v10) M(v10dc) M(v11dc) M(v500dc) M(v1000dc) M(v1500dc) M(m10) M(m20)     \
        M(m30) M(m40) M(m11) M(e10_100) M(e10_200) M(e10_400) M(e10_600) M(e21_100) M(e21_200)     \
            M(e21_400) M(e21_600) M(e31_800) M(e31_1000) M(e31_2000) M(e31_3000) M(e31_6300)       \
                M(e31_10k) M(e10dc) M(cto_100) M(cto_200) M(cto_400) M(cto_600) M(ctov_100)        \
                    M(ctov_200) M(ctov_400) M(ctov_600) M(ctf_800) M(ctf_1000) M(ctf_2000)         \
                        M(ctf_3000) M(ctf_6300) M(ctf_10000) M(cta_5a) M(cth) M(dio_4_2)           \
                            M(aio_2_2) M(r10) M(g10) M(g20) M(g30) M(c10) M(c20) M(c30) M(c31)     \
                                M(c32) M(c33) M(d10) M(p10) M(h10) M(rs485_buffer) M(rj12) M(clip) \
                                    M(3ct_s) M(1ct_s) M(sem3)

#define DECLARE(name) extern const struct model model_##name;
MODELS(DECLARE)

#define REFER(name) &model_##name,
const struct model *const models[] = {MODELS(REFER)};
const size_t model_count = sizeof models / sizeof models[0];
