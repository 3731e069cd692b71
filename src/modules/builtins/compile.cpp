// The builtin function compile().
#include "compile/compile.h"
#include "modules/fs_path.h"
#include "object/native.h"
#include "object/protocol.h"
#include "object/str.h"

namespace imugi {

extern const MethodRow builtin_compile_rows[];

namespace {

bool read_mode(Thread& thread, Str& text, uint32_t flags, syntax::Mode* mode) {
    if (str_equal(text, "exec")) return *mode = syntax::Mode::Exec, true;
    if (str_equal(text, "eval")) return *mode = syntax::Mode::Eval, true;
    if (str_equal(text, "single")) return *mode = syntax::Mode::Single, true;
    if (str_equal(text, "func_type")) {
        if (!(flags & compile::kOnlyAst))
            return raise(thread, exc::ValueError,
                         "compile() mode 'func_type' requires flag PyCF_ONLY_AST");
        return *mode = syntax::Mode::FuncType, true;
    }
    return raise(thread, exc::ValueError,
                 flags & compile::kOnlyAst
                     ? "compile() mode must be 'exec', 'eval', 'single' or 'func_type'"
                     : "compile() mode must be 'exec', 'eval' or 'single'");
}

Owned builtin_compile(Thread& thread, Value source, Value filename, Str& mode, int given_flags,
                      bool dont_inherit, int optimize, int feature_version) {
    auto flags = static_cast<uint32_t>(given_flags);
    constexpr uint32_t kKnown =
        compile::kFlagsMask | compile::kSourceIsUtf8 | compile::kDontImplyDedent |
        compile::kOptimizedAst | compile::kIgnoreCookie | compile::kTypeComments |
        compile::kAllowTopLevelAwait | compile::kAllowIncompleteInput | 0x10;
    Owned path = TRY(fs_path(thread, filename));
    if (is_bytes(path)) {
        auto& bytes = path.as<Bytes>();
        path = TRY(decode_fs(thread, bytes.text(), bytes.size));
    }
    if (flags & ~kKnown) return raise(thread, exc::ValueError, "compile(): unrecognised flags");
    if (optimize < -1 || optimize > 2)
        return raise(thread, exc::ValueError, "compile(): invalid optimize value");
    compile::CompileOptions options;
    if (!dont_inherit) flags |= compile::inherited_flags(thread);
    TRY(read_mode(thread, mode, flags, &options.mode));
    options.flags = flags & ~compile::kSourceIsUtf8;
    options.optimize = optimize;
    if (feature_version >= 0 && (flags & compile::kOnlyAst))
        options.feature_version = feature_version;
    return compile::compile_source(thread, source, path.as<Str>(), options);
}

}  // namespace

const MethodRow builtin_compile_rows[] = {
    {"compile",
     "(source, filename, mode, flags=0, dont_inherit=False, optimize=-1, *, _feature_version=-1) "
     "-> "
     "($module, /, source, filename, mode, flags=0,\n        dont_inherit=False, optimize=-1, *, "
     "_feature_version=-1)",
     fn<builtin_compile>,
     "Compile source into a code object that can be executed by exec() or eval().\n\n"
     "The source code may represent a Python module, statement or expression.\n"
     "The filename will be used for run-time error messages.\n"
     "The mode must be 'exec' to compile a module, 'single' to compile a\n"
     "single (interactive) statement, or 'eval' to compile an expression.\n"
     "The flags argument, if present, controls which future statements influence\n"
     "the compilation of the code.\n"
     "The dont_inherit argument, if true, stops the compilation inheriting\n"
     "the effects of any future statements in effect in the code calling\n"
     "compile; if absent or false these statements do influence the compilation,\n"
     "in addition to any features explicitly specified."},
    {}};

}  // namespace imugi
