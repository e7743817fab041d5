# The lists and sheets of models, as the program prints them.
add_test(NAME models/command
         COMMAND ${CMAKE_SOURCE_DIR}/tests/models/test_models_command.py $<TARGET_FILE:blondel>)
