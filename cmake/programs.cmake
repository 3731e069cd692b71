# What is linked out of the layers: the interpreter, the unit tests, the fuzz targets, the native benchmarks;
# and the standard library's folder, which all presets share.

if(NOT IMUGI_FUZZ)
  # Frozen modules: imugi-bootstrap, which runs from sources, compiles them; imugi has them in it.
  set(frozen_bin ${CMAKE_BINARY_DIR}/generated/frozen.bin)
  set(frozen_data ${CMAKE_SOURCE_DIR}/src/vm/frozen_data.S)
  add_executable(imugi-bootstrap ${CMAKE_SOURCE_DIR}/src/cli/freeze_tool.cpp)
  add_custom_command(OUTPUT ${frozen_bin}
    COMMAND imugi-bootstrap ${frozen_bin}
    DEPENDS imugi-bootstrap stdlib
    COMMENT "Frozen modules")
  add_executable(imugi ${CMAKE_SOURCE_DIR}/src/cli/main.cpp ${frozen_data})
  set_source_files_properties(${frozen_data} PROPERTIES
    OBJECT_DEPENDS ${frozen_bin} INCLUDE_DIRECTORIES ${CMAKE_BINARY_DIR}/generated)
  foreach(program imugi imugi-bootstrap)
    target_link_libraries(${program} PRIVATE imugi_cli)
    # Modules register themselves before main: their objects are linked whether or not anybody names them.
    set_target_properties(${program} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}
      LINK_LIBRARY_OVERRIDE "WHOLE_ARCHIVE,imugi_core,imugi_modules")
  endforeach()

  # What every program runs lies together in the interpreter; imugi-bootstrap tells the functions' names.
  if(IMUGI_LTO)
    set(order ${CMAKE_BINARY_DIR}/generated/startup.order)
    set(order_tool ${CMAKE_SOURCE_DIR}/tools/startup_order.py)
    add_custom_command(OUTPUT ${order}
      COMMAND python3 ${order_tool} --resolve $<TARGET_FILE:imugi-bootstrap> ${order}
      DEPENDS imugi-bootstrap ${order_tool} ${CMAKE_SOURCE_DIR}/cmake/startup.order
      COMMENT "Order of functions")
    target_sources(imugi PRIVATE ${order})
    target_link_options(imugi PRIVATE -Wl,--symbol-ordering-file=${order} -Wl,--no-warn-symbol-ordering)
    set_property(TARGET imugi PROPERTY LINK_DEPENDS ${order})
  endif()

  # The interpreter looks for lib/python3.14t beside it, in ../lib and in ../stdlib/lib (docs/building.md).
  add_custom_target(stdlib ALL
    COMMAND python3 ${CMAKE_SOURCE_DIR}/tools/stdlib.py ${CMAKE_SOURCE_DIR}/build/stdlib
    COMMENT "Standard library")
  # What a program imports would be compiled by the first that may write there, and by all when none may.
  if(IMUGI_LTO AND NOT IMUGI_PROFILING)
    add_custom_target(stdlib_bytecode ALL
      COMMAND ${CMAKE_COMMAND} -E env --unset=PYTHONDONTWRITEBYTECODE --unset=PYTHONPYCACHEPREFIX
        $<TARGET_FILE:imugi> -m compileall -q ${CMAKE_SOURCE_DIR}/build/stdlib/lib/python3.14t
      DEPENDS imugi stdlib
      COMMENT "Bytecode of the standard library")
  endif()
  include(GNUInstallDirs)
  install(TARGETS imugi DESTINATION ${CMAKE_INSTALL_BINDIR})
  install(DIRECTORY ${CMAKE_SOURCE_DIR}/build/stdlib/lib/python3.14t DESTINATION lib
    PATTERN "__pycache__" EXCLUDE)
endif()

# imugi_collect(variable pattern): sources of src/ that match; no test edits a list.
function(imugi_collect variable pattern)
  file(GLOB_RECURSE found CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${pattern})
  set(${variable} ${found} PARENT_SCOPE)
endfunction()

imugi_collect(unit_tests *_test.cpp)
if(unit_tests AND NOT IMUGI_FUZZ)
  find_package(GTest REQUIRED)
  # With link-time optimisation a second program is a second optimisation of everything: built on request only.
  add_executable(imugi_unit_tests ${unit_tests})
  set_target_properties(imugi_unit_tests PROPERTIES EXCLUDE_FROM_ALL ${IMUGI_LTO})
  target_link_libraries(imugi_unit_tests PRIVATE imugi_cli GTest::gtest GTest::gtest_main)
  set_target_properties(imugi_unit_tests PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR})
endif()

# A file NAME_fuzz.cpp in src/ is the libFuzzer target fuzz_NAME of the preset `fuzz`.
if(IMUGI_FUZZ)
  imugi_collect(fuzz_sources *_fuzz.cpp)
  add_custom_target(fuzz_targets ALL)
  foreach(source ${fuzz_sources})
    get_filename_component(name ${source} NAME_WE)
    string(REGEX REPLACE "_fuzz$" "" name ${name})
    add_executable(fuzz_${name} ${source})
    target_link_libraries(fuzz_${name} PRIVATE imugi_cli)
    target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
    set_target_properties(fuzz_${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}
      LINK_LIBRARY_OVERRIDE "WHOLE_ARCHIVE,imugi_core,imugi_modules")
    add_dependencies(fuzz_targets fuzz_${name})
  endforeach()
endif()

# What two native threads gain on this machine, printed beside what Python's threads gain.
if(NOT IMUGI_FUZZ)
  add_executable(imugi-calibrate ${CMAKE_SOURCE_DIR}/benchmarks/calibrate.cpp)
  target_link_libraries(imugi-calibrate PRIVATE Threads::Threads)
  set_target_properties(imugi-calibrate PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR})
endif()

# Reference counts under several protections (./x bench --refcount); on Google Benchmark.
find_package(benchmark QUIET)
if(benchmark_FOUND AND NOT IMUGI_FUZZ)
  add_executable(imugi-refcount EXCLUDE_FROM_ALL ${CMAKE_SOURCE_DIR}/benchmarks/refcount/refcount.cpp)
  target_link_libraries(imugi-refcount PRIVATE imugi_cli benchmark::benchmark)
  set_target_properties(imugi-refcount PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}
    LINK_LIBRARY_OVERRIDE "WHOLE_ARCHIVE,imugi_core,imugi_modules")
endif()

# A look into the front end, and what its comparison with CPython runs on (tests/syntax/compare_ast.py).
if(IMUGI_CHECKS AND NOT IMUGI_FUZZ)
  add_executable(imugi-syntax ${CMAKE_SOURCE_DIR}/src/syntax/syntax_tool.cpp)
  target_link_libraries(imugi-syntax PRIVATE imugi_syntax)
  set_target_properties(imugi-syntax PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR})
endif()
