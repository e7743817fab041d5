/* Every product that Blondel knows, in the order in which people list them. To add one: write its
 * `const struct model model_NAME`, declare it and list it here. */
#include "model/model.h"

extern const struct model model_sed102, model_sed302, model_sm306, model_sm307, model_sm120b2;
extern const struct model model_v10, model_v10dc, model_v11dc, model_v500dc, model_v1000dc,
    model_v1500dc, model_m10, model_m20, model_m30, model_m40, model_m11, model_e10_100,
    model_e10_200, model_e10_400, model_e10_600, model_e21_100, model_e21_200, model_e21_400,
    model_e21_600, model_e31_800, model_e31_1000, model_e31_2000, model_e31_3000, model_e31_6300,
    model_e31_10k, model_e10dc, model_cto_100, model_cto_200, model_cto_400, model_cto_600,
    model_ctov_100, model_ctov_200, model_ctov_400, model_ctov_600, model_ctf_800, model_ctf_1000,
    model_ctf_2000, model_ctf_3000, model_ctf_6300, model_ctf_10000, model_cta_5a, model_cth,
    model_dio_4_2, model_aio_2_2, model_r10, model_g10, model_g20, model_g30, model_c10, model_c20,
    model_c30, model_c31, model_c32, model_c33, model_d10, model_p10, model_h10, model_rs485_buffer,
    model_rj12, model_clip;
extern const struct model model_3ct_s, model_1ct_s;
extern const struct model model_sem3;

const struct model *const models[] = {
    &model_sed102,   &model_sed302,   &model_sm306,        &model_sm307,    &model_sm120b2,
    &model_v10,      &model_v10dc,    &model_v11dc,        &model_v500dc,   &model_v1000dc,
    &model_v1500dc,  &model_m10,      &model_m20,          &model_m30,      &model_m40,
    &model_m11,      &model_e10_100,  &model_e10_200,      &model_e10_400,  &model_e10_600,
    &model_e21_100,  &model_e21_200,  &model_e21_400,      &model_e21_600,  &model_e31_800,
    &model_e31_1000, &model_e31_2000, &model_e31_3000,     &model_e31_6300, &model_e31_10k,
    &model_e10dc,    &model_cto_100,  &model_cto_200,      &model_cto_400,  &model_cto_600,
    &model_ctov_100, &model_ctov_200, &model_ctov_400,     &model_ctov_600, &model_ctf_800,
    &model_ctf_1000, &model_ctf_2000, &model_ctf_3000,     &model_ctf_6300, &model_ctf_10000,
    &model_cta_5a,   &model_cth,      &model_dio_4_2,      &model_aio_2_2,  &model_r10,
    &model_g10,      &model_g20,      &model_g30,          &model_c10,      &model_c20,
    &model_c30,      &model_c31,      &model_c32,          &model_c33,      &model_d10,
    &model_p10,      &model_h10,      &model_rs485_buffer, &model_rj12,     &model_clip,
    &model_3ct_s,    &model_1ct_s,    &model_sem3,
};

const size_t model_count = sizeof models / sizeof models[0];
