// What the databases of users and groups have in common: entries found by name or number, and
// listed. The C library has one cursor for each, which lists walk under a mutex.
#pragma once

#include <cerrno>

#include "memory/array.h"
#include "modules/fs_path.h"
#include "modules/posix/posix.h"
#include "object/list.h"
#include "object/native.h"
#include "object/str.h"
#include "thread/lock.h"

namespace imugi {

// The C library's functions for entries of a kind, and what makes a Python object of one.
template <class Entry>
struct AccountDatabase {
    int (*by_name)(const char* name, Entry* entry, char* room, size_t size, Entry** found);
    int (*by_number)(uint32_t number, Entry* entry, char* room, size_t size, Entry** found);
    void (*rewind)();
    Entry* (*next)();
    void (*close)();
    Owned (*make)(Thread& thread, const Entry& entry);
    RuntimeMutex cursor;

    // KeyError when there is none: "FUNCTION(): WHAT not found: NAME".
    Owned find(Thread& thread, Str& name, const char* function) {
        Ref<Bytes> text = TRY(fs_encode_path(thread, Value::of(name)));
        Owned entry = TRY(look_up(thread, text->text(), by_name));
        if (entry.is_nothing())
            return raise(thread, exc::KeyError, "{}(): name not found: {}", function,
                         repr_of(Value::of(name)));
        return entry;
    }
    Owned find(Thread& thread, uint32_t number, const char* function, const char* what) {
        Owned entry = TRY(look_up(thread, number, by_number));
        if (entry.is_nothing()) {
            Owned shown = posix::make_id(thread, number);
            return raise(thread, exc::KeyError, "{}(): {} not found: {}", function, what, shown);
        }
        return entry;
    }

    Owned list(Thread& thread) {
        Ref<List> list = TRY(make_list(thread));
        MutexGuard guard(cursor);
        rewind();
        bool ok = true;
        while (ok) {
            Entry* entry = next();
            if (!entry) break;
            Owned item = make(thread, *entry);
            ok = item && list_append(thread, *list, std::move(item));
        }
        close();
        if (!ok) return {};
        return list;
    }

  private:
    struct Room {
        char* data = nullptr;
        ~Room() { array_free(data); }
    };

    // With a growing buffer; nothing when there is no such entry.
    template <class Key>
    Owned look_up(Thread& thread, Key key, int (*find)(Key, Entry*, char*, size_t, Entry**)) {
        Room room;
        for (size_t size = 1024;; size *= 2) {
            auto* grown = static_cast<char*>(array_reallocate(room.data, size));
            if (!grown) return raise_memory_error(thread);
            room.data = grown;
            Entry entry;
            Entry* found = nullptr;
            int error;
            {
                Detached detached(thread);
                error = find(key, &entry, room.data, size, &found);
            }
            if (found) return make(thread, entry);
            if (error != ERANGE || size > (1 << 24)) return Owned::nothing();
        }
    }
};

}  // namespace imugi
