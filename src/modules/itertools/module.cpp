// The module itertools: its types and tee().
#include "memory/heap.h"
#include "modules/itertools/itertools.h"

namespace imugi::itertools {

bool no_keywords(Thread& thread, Type& type, const TypeSpec& spec, const char* name,
                 const Arguments& arguments) {
    if (type.spec == &spec || type.slots.init == object_type.slots.init)
        TRY(reject_keywords(thread, name, arguments));
    return true;
}

namespace {

const MethodRow functions[] = {
    {"tee", "(module, iterable, n=2, /)", fn<tee>, "Returns a tuple of n independent iterators."},
    {},
};

bool execute(Thread& thread, Module& module) {
    auto* state = make_module_state<State>(thread, module);
    if (!state) return false;
    for (const TypeSpec* spec :
         {&accumulate_spec, &batched_spec, &combinations_spec, &combinations_with_replacement_spec,
          &compress_spec, &count_spec, &cycle_spec, &dropwhile_spec, &filterfalse_spec,
          &groupby_spec, &islice_spec, &pairwise_spec, &permutations_spec, &product_spec,
          &repeat_spec, &starmap_spec, &takewhile_spec, &zip_longest_spec})
        if (module_add_type(thread, module, *spec) == nullptr) return false;
    state->chain = module_add_type(thread, module, chain_spec);
    if (state->chain == nullptr) return false;
    state->grouper = module_add_type(thread, module, grouper_spec);
    if (state->grouper == nullptr) return false;
    state->tee = module_add_type(thread, module, tee_spec);
    if (state->tee == nullptr) return false;
    state->tee_data = module_add_type(thread, module, tee_data_spec);
    return state->tee_data != nullptr;
}

ModuleSpec spec("itertools",
                "Functional tools for creating and using iterators.\n\n"
                "Infinite iterators:\n"
                "count(start=0, step=1) --> start, start+step, start+2*step, ...\n"
                "cycle(p) --> p0, p1, ... plast, p0, p1, ...\n"
                "repeat(elem [,n]) --> elem, elem, elem, ... endlessly or up to n times\n\n"
                "Iterators terminating on the shortest input sequence:\n"
                "accumulate(p[, func]) --> p0, p0+p1, p0+p1+p2\n"
                "batched(p, n) --> [p0, p1, ..., p_n-1], [p_n, p_n+1, ..., p_2n-1], ...\n"
                "chain(p, q, ...) --> p0, p1, ... plast, q0, q1, ...\n"
                "chain.from_iterable([p, q, ...]) --> p0, p1, ... plast, q0, q1, ...\n"
                "compress(data, selectors) --> (d[0] if s[0]), (d[1] if s[1]), ...\n"
                "dropwhile(predicate, seq) --> seq[n], seq[n+1], starting when predicate fails\n"
                "groupby(iterable[, keyfunc]) --> sub-iterators grouped by value of keyfunc(v)\n"
                "filterfalse(predicate, seq) --> elements of seq where predicate(elem) is False\n"
                "islice(seq, [start,] stop [, step]) --> elements from\n"
                "       seq[start:stop:step]\n"
                "pairwise(s) --> (s[0],s[1]), (s[1],s[2]), (s[2], s[3]), ...\n"
                "starmap(fun, seq) --> fun(*seq[0]), fun(*seq[1]), ...\n"
                "tee(it, n=2) --> (it1, it2 , ... itn) splits one iterator into n\n"
                "takewhile(predicate, seq) --> seq[0], seq[1], until predicate fails\n"
                "zip_longest(p, q, ...) --> (p[0], q[0]), (p[1], q[1]), ...\n\n"
                "Combinatoric generators:\n"
                "product(p, q, ... [repeat=1]) --> cartesian product\n"
                "permutations(p[, r])\n"
                "combinations(p, r)\n"
                "combinations_with_replacement(p, r)\n",
                functions, execute);

}  // namespace
}  // namespace imugi::itertools
