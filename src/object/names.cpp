// Interning of the names that ID() mentions. Runs once, before any other thread exists.
#include "object/names.h"

#include "object/str.h"

namespace imugi {

NameSlot* NameSlot::first = nullptr;

bool init_names(Thread& thread) {
    for (NameSlot* slot = NameSlot::first; slot; slot = slot->next) {
        if (slot->str) continue;
        Ref<Str> name = TRY(intern(thread, slot->text));
        make_immortal(name.get());
        slot->str = name.get();
        (void)name.release();
    }
    return true;
}

}  // namespace imugi
