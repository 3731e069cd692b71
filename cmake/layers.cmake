# Layers, lowest first: base, syntax, core (thread .. vm), modules, cli. See docs/architecture.md.
# A layer sees the layers below it; a source file is found by its folder, so adding one edits nothing here.

# imugi_layer(NAME FOLDERS folder... [LINKS target...]): a static library of the folders' sources, their
# tests, fuzz targets and build tools excepted.
function(imugi_layer name)
  cmake_parse_arguments(LAYER "" "" "FOLDERS;LINKS" ${ARGN})
  set(sources)
  foreach(folder ${LAYER_FOLDERS})
    file(GLOB_RECURSE found CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${folder}/*.cpp)
    list(APPEND sources ${found})
  endforeach()
  list(FILTER sources EXCLUDE REGEX "_(test|bench|fuzz|tool)\\.cpp$")
  list(FILTER sources EXCLUDE REGEX "/src/cli/main\\.cpp$")
  if(NOT sources)
    add_library(imugi_${name} INTERFACE)
    set(scope INTERFACE)
  else()
    add_library(imugi_${name} STATIC ${sources})
    set(scope PUBLIC)
  endif()
  target_compile_options(imugi_${name} ${scope} $<$<COMPILE_LANGUAGE:CXX>:${IMUGI_RUNTIME_FLAGS}>)
  target_include_directories(imugi_${name} ${scope} ${CMAKE_SOURCE_DIR}/src ${CMAKE_SOURCE_DIR}/include
    ${CMAKE_BINARY_DIR}/generated)
  target_link_libraries(imugi_${name} ${scope} ${LAYER_LINKS})
endfunction()

imugi_layer(base FOLDERS base LINKS Threads::Threads imugi::gmp imugi::icuuc imugi::z)

# The AST's structs, field table and visitors, from their one description.
set(ast_generated ${CMAKE_BINARY_DIR}/generated/syntax/ast_nodes.h ${CMAKE_BINARY_DIR}/generated/syntax/ast_table.cpp)
file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/generated/syntax)
add_custom_command(OUTPUT ${ast_generated}
  COMMAND python3 ${CMAKE_SOURCE_DIR}/tools/gen_ast.py ${CMAKE_SOURCE_DIR}/src/syntax/ast.nodes ${ast_generated}
  DEPENDS ${CMAKE_SOURCE_DIR}/tools/gen_ast.py ${CMAKE_SOURCE_DIR}/src/syntax/ast.nodes
  COMMENT "AST nodes")
set(grammar_generated ${CMAKE_BINARY_DIR}/generated/syntax/diagnosis_table.h)
set(grammar_sources ${CMAKE_SOURCE_DIR}/src/syntax/diagnosis.grammar ${CMAKE_SOURCE_DIR}/src/syntax/token.h)
add_custom_command(OUTPUT ${grammar_generated}
  COMMAND python3 ${CMAKE_SOURCE_DIR}/tools/gen_grammar.py ${grammar_sources} ${grammar_generated}
  DEPENDS ${CMAKE_SOURCE_DIR}/tools/gen_grammar.py ${grammar_sources}
  COMMENT "Grammar of mistakes")
imugi_layer(syntax FOLDERS syntax LINKS imugi_base)
target_sources(imugi_syntax PRIVATE ${ast_generated} ${grammar_generated})
imugi_layer(core FOLDERS thread memory object compile vm
  LINKS imugi_syntax imugi_base imugi::gmp imugi::icuuc $<TARGET_NAME_IF_EXISTS:imugi::mimalloc> dl)
imugi_layer(modules FOLDERS modules
  LINKS imugi_core imugi::z imugi::bz2 imugi::lzma imugi::ssl imugi::ffi imugi::expat imugi::sqlite3)
imugi_layer(cli FOLDERS cli LINKS imugi_modules imugi_core)

# The profile must not guess the next instruction: it would put bodies of instructions into each other, with the stack frames that
# such functions need.
if(IMUGI_LTO AND NOT IMUGI_PROFILING)
  file(GLOB instruction_sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/vm/ops_*.cpp)
  set_source_files_properties(${instruction_sources} ${CMAKE_SOURCE_DIR}/src/vm/interpreter.cpp ${CMAKE_SOURCE_DIR}/src/vm/unwind.cpp
    ${CMAKE_SOURCE_DIR}/src/vm/instrument_ops.cpp PROPERTIES COMPILE_OPTIONS "-mllvm;-disable-vp")
endif()
