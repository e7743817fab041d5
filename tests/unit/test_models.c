#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "model/model.h"

static void test_sed302_configures_metrology_and_meter(void **state)
{
    (void)state;
    const struct model *model = model_find("sensemi sed-302");
    assert_non_null(model);
    struct model_setup setup;
    assert_int_equal(model_configure(&setup, model, NULL), ERR_NONE);
    const struct metrology_config *metrology = &setup.metrology;
    assert_int_equal(metrology->voltages, 3);
    assert_int_equal(metrology->currents, 4);
    assert_int_equal(metrology->inputs, 7);
    assert_int_equal(metrology->nominal_mhz, 50000);
    assert_int_equal(metrology->u_nominal_uv, 230000000);
    assert_int_equal(metrology->circuit[0].elements, 3);
    assert_int_equal(metrology->circuit[0].neutral, 3);
    assert_int_equal(metrology->circuit[0].start_p_uw, 2300000);
    assert_int_equal(metrology->circuit[0].start_q_uvar, 2875000);
    assert_int_equal(metrology->current[3].input, 6);
    assert_int_equal(metrology->voltage[0].full_scale_u, 487903830); /* 230 x 1.2 x 1.25 x sqrt 2 */
    assert_int_equal(metrology->current[0].full_scale_u, 212132100); /* 100 x 1.5 x sqrt 2 */
    assert_int_equal(setup.meter.digits, 6);
    assert_int_equal(setup.meter.sum, ENERGY_SUM_PHASES);
    assert_int_equal(setup.meter.circuit[0].phases, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sed302_configures_metrology_and_meter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
