# Compiler and linker settings shared by every target; the presets set the options.
set(IMUGI_SANITIZE "" CACHE STRING "address or thread, empty for none")
option(IMUGI_CHECKS "Assertions and debug verification" OFF)
option(IMUGI_LTO "Link-time optimisation" OFF)
option(IMUGI_PROFILING "Count what runs, for the profile that release builds are made with (./x profile)" OFF)
option(IMUGI_FUZZ "Build the fuzz targets instead of the interpreter" OFF)

if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang" OR CMAKE_CXX_COMPILER_VERSION VERSION_LESS 19)
  message(FATAL_ERROR "imugi is built with clang 19 or newer (musttail, preserve_none); this is "
    "${CMAKE_CXX_COMPILER_ID} ${CMAKE_CXX_COMPILER_VERSION}. `./x setup` installs it; see docs/building.md.")
endif()

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_C_COMPILER_LAUNCHER ${CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()
find_program(MOLD mold)
if(IMUGI_LTO)
  # Thin LTO: optimises in parallel, and a relink redoes only what changed (the cache prunes itself).
  add_compile_options(-flto=thin -fno-semantic-interposition)
  add_link_options(-fuse-ld=lld -flto=thin -Wl,--thinlto-cache-dir=${CMAKE_BINARY_DIR}/lto-cache
    -Wl,--gc-sections -Wl,-O2)
  find_program(CLANG_AR llvm-ar-19 REQUIRED)
  find_program(CLANG_RANLIB llvm-ranlib-19 REQUIRED)
  set(CMAKE_AR ${CLANG_AR})
  set(CMAKE_CXX_COMPILER_AR ${CLANG_AR})
  set(CMAKE_RANLIB ${CLANG_RANLIB})
  set(CMAKE_CXX_COMPILER_RANLIB ${CLANG_RANLIB})
  set(IMUGI_PROFILE ${CMAKE_SOURCE_DIR}/cmake/imugi.profdata)
  if(IMUGI_PROFILING)
    add_compile_options(-fprofile-generate -fprofile-update=single)
    add_link_options(-fprofile-generate)
  elseif(EXISTS ${IMUGI_PROFILE})
    # Functions that have changed since the profile was taken are compiled without it. What never ran in a function that did lies
    # apart; cmake/startup.order lays out the rest (one section, or the linker could not order across .text.hot and others).
    # A new profile has a new name: everything is compiled again, as parts made with different ones do not link. The name is
    # relative to where the compiler runs, so that a compiler cache knows the file in another folder too.
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${IMUGI_PROFILE})
    file(MD5 ${IMUGI_PROFILE} profile_sum)
    set(named_profile generated/${profile_sum}.profdata)
    file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/generated)
    file(COPY_FILE ${IMUGI_PROFILE} ${CMAKE_BINARY_DIR}/${named_profile} ONLY_IF_DIFFERENT)
    add_compile_options(-fprofile-use=${named_profile} -Wno-profile-instr-out-of-date -Wno-profile-instr-unprofiled
      -Wno-backend-plugin)
    add_link_options(-fsplit-machine-functions -Wl,-mllvm,-mfs-psi-cutoff=0 -Wl,-z,nokeep-text-section-prefix)
  endif()
elseif(MOLD)
  add_link_options(-fuse-ld=mold)
endif()

# Programs stay where they were linked: no relocations at start-up, and constant tables are shared pages. The C++
# library (ICU's; imugi uses nothing of it at run time) comes with the program.
if(IMUGI_SANITIZE OR IMUGI_FUZZ)
  set(CMAKE_POSITION_INDEPENDENT_CODE ON)
else()
  add_compile_options(-fno-pie)
  add_link_options(-no-pie -static-libstdc++ -static-libgcc)
endif()

add_compile_options(-Wall -Wextra -Werror -Wno-unused-parameter -Wno-missing-field-initializers -Wno-invalid-offsetof
  -fno-strict-aliasing -ftls-model=initial-exec -fvisibility=hidden -ffunction-sections -fdata-sections)
set(IMUGI_RUNTIME_FLAGS -fno-exceptions -fno-rtti)
if(IMUGI_CHECKS)
  add_compile_definitions(IMUGI_CHECKS=1)
  add_compile_options(-fno-omit-frame-pointer)
else()
  # A frame pointer would be pushed and popped by every opcode's function.
  add_compile_options(-fomit-frame-pointer)
endif()
if(IMUGI_SANITIZE STREQUAL "address")
  add_compile_options(-fsanitize=address,undefined -fno-sanitize=vptr,function,alignment -fno-sanitize-recover=undefined)
  add_link_options(-fsanitize=address,undefined)
elseif(IMUGI_SANITIZE STREQUAL "thread")
  add_compile_options(-fsanitize=thread)
  add_link_options(-fsanitize=thread)
endif()
if(IMUGI_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
