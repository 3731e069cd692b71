// Reference counts of objects that stay for ever.
#include "memory/refcount.h"

#include "object/runtime_fixture.h"
#include "object/str.h"

namespace imugi {
namespace {

// Locks tell by the count which objects lie outside of the heap.
TEST(Refcount, StaticStorageIsKnownAfterMakingImmortal) {
    (void)test_thread();
    Object* object = not_implemented().object();
    ASSERT_TRUE(is_in_static_storage(*object));
    make_immortal(object);
    EXPECT_TRUE(is_in_static_storage(*object));
}

TEST(Refcount, HeapObjectIsNotInStaticStorageWhenImmortal) {
    Ref<Str> text = make_str(test_thread(), "stays");
    make_immortal(text.get());
    EXPECT_FALSE(is_in_static_storage(*text));
}

}  // namespace
}  // namespace imugi
