/* SPDX-License-Identifier: MIT */
/* Objects that only libstdc++'s compiled code touches: what one thread does with them
   races with what another one does; or they are no more. */
// expect: wrong race -DONE=place=std::locale::classic() -DOTHER=std::locale(place)
// expect: wrong race -DONE=std::runtime_error(error) -DOTHER=error=another
// expect: wrong race -DONE=text[0]='x' -DOTHER=kinds.toupper(text,text+3)
// expect: wrong race -DONE=new(object)Derived -DOTHER=is_derived(base)
// expect: wrong use after free -DONE=is_derived(gone()) -DOTHER=0
// expect: wrong use after free -DONE=gone_error().std::runtime_error::what() -DOTHER=0
// expect: verified -DONE=std::locale(place) -DOTHER=place==std::locale(place)
// expect: verified -DONE=std::runtime_error(error) -DOTHER=std::runtime_error(error)
// expect: verified -DONE=text[3]='x' -DOTHER=kinds.toupper(text,text+3)
// expect: verified -DONE=is_derived(base) -DOTHER=is_derived(base)
// expect: verified -DONE=nest(text) -DOTHER=nest(text)
// long: wrong race -DONE=nest(text) -DOTHER=text[0]='x'
// long: wrong race -DONE=place=std::locale::classic() -DOTHER=place==std::locale()
// long: wrong race -DONE=place=std::locale::classic() -DOTHER=place.name()
// long: wrong race -DONE=std::locale::global(std::locale()) -DOTHER=std::locale()
// long: wrong race -DONE=stream.imbue(place) -DOTHER=stream.getloc()
// long: wrong race -DONE=place.~locale() -DOTHER=std::locale(place)
// long: wrong race -DONE=error.~runtime_error() -DOTHER=error.std::runtime_error::what()
// long: wrong race -DONE=std::runtime_error(std::move(error)) -DOTHER=error.what() -O2
// long: wrong race -DONE=text[0]='x' -DOTHER=kinds.narrow(text,text+3,'?',own)
// long: wrong race -DONE=wide[1]=L'x' -DOTHER=wide_kinds.widen(text,text+3,wide)
// long: wrong race -DONE=wide[1]=L'x' -DOTHER=wide_kinds.scan_not(std::ctype_base::digit,wide,wide+3)
// long: verified -DONE=wide[2]=L'x' -DOTHER=wide_kinds.scan_not(std::ctype_base::digit,wide,wide+3)
// long: wrong race -DONE=masks[1]=0 -DOTHER=wide_kinds.is(wide,wide+3,masks)
// long: verified -DONE=std::ostringstream()<<1.5 -DOTHER=std::ostringstream()<<1.5
// long: inconclusive -DONE=std::locale(place,place,std::locale::all) -DOTHER=0
#include <exception>
#include <locale>
#include <new>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

struct Base {
    virtual ~Base() = default;
};
struct Derived : Base {
    int own = 0;
};

[[maybe_unused]] static std::locale place;
[[maybe_unused]] static std::runtime_error error("one"), another("other");
[[maybe_unused]] static std::ostringstream stream;
[[maybe_unused]] static char text[4] = "abc", own[4];
[[maybe_unused]] static wchar_t wide[4] = L"1bc";
[[maybe_unused]] static std::ctype_base::mask masks[4];
[[maybe_unused]] static const auto &kinds =
    std::use_facet<std::ctype<char>>(std::locale::classic());
[[maybe_unused]] static const auto &wide_kinds =
    std::use_facet<std::ctype<wchar_t>>(std::locale::classic());
alignas(Derived) static char object[sizeof(Derived)];
[[maybe_unused]] static Base *const base = new (object) Derived;

[[maybe_unused]] static bool is_derived(Base *of)
{
    return dynamic_cast<Derived *>(of) != nullptr;
}

[[maybe_unused]] static Base *gone()
{
    Base *object_gone = new Derived;
    delete object_gone;
    return object_gone;
}

[[maybe_unused]] static std::runtime_error &gone_error()
{
    auto *error_gone = new std::runtime_error("gone");
    delete error_gone;
    return *error_gone;
}

[[maybe_unused]] static void nest(const char *why)
{
    try {
        try {
            throw std::runtime_error(why);
        } catch (...) {
            std::throw_with_nested(std::logic_error("outer"));
        }
    } catch (const std::exception &outer) {
        try {
            std::rethrow_if_nested(outer);
        } catch (const std::exception &) {
        }
    }
}

int main()
{
    std::thread thread([] { (void)(ONE); });
    (void)(OTHER);
    thread.join();
    return 0;
}
