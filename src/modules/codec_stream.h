// What the compression modules share: a stream that one call uses at a time, output of unknown
// size, and a decompressor's input that was not yet looked at. The work is done detached; a
// stream's `busy` word, waited for detached, keeps other calls out meanwhile.
#pragma once

#include <cstring>

#include "memory/heap.h"
#include "modules/shared_type.h"
#include "object/buffer.h"
#include "object/bytes.h"
#include "object/errors.h"
#include "thread/lock.h"
#include "thread/parking_lot.h"

namespace imugi::codecs {

class ExclusiveUse {
  public:
    ExclusiveUse(Thread& thread, std::atomic<uint32_t>& busy) : busy_(busy) {
        uint32_t expected = 0;
        if (busy.compare_exchange_strong(expected, 1, std::memory_order_acquire)) return;
        Detached detached(thread);
        // Pairs with the release below.
        while (busy.exchange(2, std::memory_order_acquire) != 0)
            park(&busy, 2, sizeof(uint32_t), -1);
    }
    ~ExclusiveUse() {
        if (busy_.exchange(0, std::memory_order_release) == 2) unpark_all(&busy_);
    }
    ExclusiveUse(const ExclusiveUse&) = delete;

  private:
    std::atomic<uint32_t>& busy_;
};

class Output {
  public:
    Output() = default;
    ~Output() { array_free(data_); }
    Output(const Output&) = delete;

    // Room for more, up to `most` bytes in all; null when memory is short.
    uint8_t* offer(size_t most, size_t* room) {
        if (size_ == capacity_) {
            size_t capacity = capacity_ ? capacity_ * 2 : kFirstRoom;
            if (capacity > most) capacity = most;
            void* grown = array_reallocate(data_, capacity ? capacity : 1);
            if (!grown) return nullptr;
            data_ = static_cast<uint8_t*>(grown);
            capacity_ = capacity;
        }
        *room = capacity_ - size_;
        return data_ + size_;
    }
    void accept(size_t bytes) { size_ += bytes; }
    size_t size() const { return size_; }
    Owned bytes(Thread& thread) const { return make_bytes(thread, data_, size_).owned(); }

  private:
    static constexpr size_t kFirstRoom = 16384;
    uint8_t* data_ = nullptr;
    size_t size_ = 0, capacity_ = 0;
};

// The common part of decompressors. Everything but the slot is used under `busy`; the flags are
// also read without it.
struct Decoder : Object {
    std::atomic<uint32_t> busy;
    std::atomic<bool> at_end, needs_input;
    Slot unused_data;  // bytes; under the Lock
    uint8_t* pending;
    size_t pending_size;
};

inline void decoder_fields(Object* object, FieldVisitor& visitor) {
    visitor.visit(static_cast<Decoder*>(object)->unused_data);
}
inline void release_pending(Object* object) {
    array_free(static_cast<Decoder*>(object)->pending);
}
[[nodiscard]] inline bool init_decoder(Thread& thread, Decoder& self) {
    self.needs_input = true;
    Ref<Bytes> nothing = TRY(make_bytes(thread, nullptr, 0));
    self.unused_data.init(std::move(nothing));
    return true;
}
inline Owned get_at_end(Thread&, Value self) {
    return Owned::share(boolean(self.as<Decoder>().at_end));
}
inline Owned get_needs_input(Thread&, Value self) {
    return Owned::share(boolean(self.as<Decoder>().needs_input));
}
inline Owned get_unused_data(Thread& thread, Value self) {
    Lock guard(thread, *self.object());
    return self.as<Decoder>().unused_data.share();
}

// The pieces of one step: advanced by it.
struct Step {
    const uint8_t* input;
    size_t input_left;
    uint8_t* output;
    size_t output_left;
};
enum Outcome : int { kGoOn, kEnd, kOutOfMemory, kFailed };

template <class StepFunction>
Outcome step_into(Output& out, size_t most, Step& at, StepFunction& step) {
    size_t room;
    at.output = out.offer(most, &room);
    if (!at.output) return kOutOfMemory;
    at.output_left = room;
    Outcome outcome = step(at);
    out.accept(room - at.output_left);
    return outcome;
}

// Decompresses with `step` (an Outcome for a Step&; runs detached) up to max_length bytes
// (negative: all); `raise_failure` raises for kFailed. The stream is in exclusive use.
template <class StepFunction, class RaiseFunction>
Owned decompress(Thread& thread, Decoder& self, const Buffer& data, Index max_length,
                 StepFunction&& step, RaiseFunction&& raise_failure) {
    if (self.at_end) return raise(thread, exc::EOFError, "End of stream already reached");
    size_t most = max_length < 0 ? SIZE_MAX : static_cast<size_t>(max_length);
    const uint8_t* input = data.data();
    size_t size = data.size();
    uint8_t* joined = nullptr;
    if (self.pending_size != 0) {
        joined = static_cast<uint8_t*>(array_allocate(self.pending_size + size));
        if (!joined) return raise_memory_error(thread);
        memcpy(joined, self.pending, self.pending_size);
        if (size) memcpy(joined + self.pending_size, input, size);
        input = joined;
        size += self.pending_size;
    }
    Output out;
    Step at{input, size, nullptr, 0};
    Outcome outcome = kGoOn;
    {
        Detached detached(thread);
        for (;;) {
            outcome = step_into(out, most, at, step);
            if (outcome != kGoOn || out.size() >= most) break;
            if (at.input_left == 0 && at.output_left != 0) break;
        }
    }
    uint8_t* kept = nullptr;
    if (outcome == kGoOn && at.input_left != 0) {
        kept = static_cast<uint8_t*>(array_allocate(at.input_left));
        if (kept)
            memcpy(kept, at.input, at.input_left);
        else
            outcome = kOutOfMemory;
    }
    Owned unused;
    if (outcome == kEnd) unused = make_bytes(thread, at.input, at.input_left);
    array_free(joined);
    if (outcome == kOutOfMemory) return raise_memory_error(thread);
    if (outcome == kFailed) return raise_failure();
    array_free(self.pending);
    self.pending = kept;
    self.pending_size = kept ? at.input_left : 0;
    if (outcome == kEnd) {
        if (!unused) return {};
        self.at_end = true;
        self.needs_input = false;
        Owned old;
        Lock guard(thread, self);
        old = self.unused_data.exchange(std::move(unused));
    } else {
        self.needs_input = self.pending_size == 0 && out.size() < most;
    }
    return out.bytes(thread);
}

// Compresses all the data; `finish` is kEnd's condition: with it the stream is brought to its end.
template <class StepFunction, class RaiseFunction>
Owned compress(Thread& thread, const uint8_t* data, size_t size, bool finish, StepFunction&& step,
               RaiseFunction&& raise_failure) {
    Output out;
    Step at{data, size, nullptr, 0};
    Outcome outcome = kGoOn;
    {
        Detached detached(thread);
        while (outcome == kGoOn && (finish || at.input_left != 0 || at.output_left == 0))
            outcome = step_into(out, SIZE_MAX, at, step);
    }
    if (outcome == kOutOfMemory) return raise_memory_error(thread);
    if (outcome == kFailed) return raise_failure();
    return out.bytes(thread);
}

}  // namespace imugi::codecs
