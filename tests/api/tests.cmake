# The service from outside, in Python's standard library: its JSON, and what strangers may try.
foreach(script test_api.py test_hostile.py test_models.py test_state.py)
    get_filename_component(name ${script} NAME_WE)
    add_test(NAME api/${name} COMMAND /usr/bin/python3 ${CMAKE_CURRENT_LIST_DIR}/${script})
    set_tests_properties(api/${name} PROPERTIES LABELS threads TIMEOUT 300 ENVIRONMENT
                         "BLONDEL=$<TARGET_FILE:blondel>;PYTHONDONTWRITEBYTECODE=1")
endforeach()
