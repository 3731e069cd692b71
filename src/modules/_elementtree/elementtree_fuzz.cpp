// XML: what is parsed leads back to itself when written and parsed again; as do copies and pickles.
#include "cli/fuzz_runtime.h"

using namespace imugi;

static const char kSource[] = R"(
import copy
import pickle
import xml.etree.ElementTree as ET

class Target:
    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *arguments: None

def outline(root):
    return [(e.tag, e.attrib, e.text, e.tail) for e in root.iter()]

def edit(root):
    list(root.itertext())
    root.findall(".//*"), root.find("a"), root.findtext("b", "")
    for element in list(root.iter())[:20]:
        element[1:3] = reversed(element[1:3])
        element.extend(copy.copy(child) for child in element[:2])
        del element[::2]

def target(data):
    for sink in (Target(), ET.TreeBuilder(insert_comments=True, insert_pis=True)):
        parser = ET.XMLParser(target=sink)
        try:
            for start in range(0, len(data), 16):
                parser.feed(data[start:start + 16])
            parser.close()
        except (ET.ParseError, LookupError, ValueError):
            pass
    pull = ET.XMLPullParser(("start", "end", "start-ns", "end-ns", "comment", "pi"))
    try:
        pull.feed(data)
        list(pull.read_events())
        root = ET.fromstring(data)
    except (ET.ParseError, LookupError, ValueError):
        return
    shown = outline(root)
    assert outline(copy.deepcopy(root)) == outline(pickle.loads(pickle.dumps(root))) == shown
    again = ET.fromstring(ET.tostring(root, "utf-8"))
    assert [e[0] for e in outline(again)] == [e[0] for e in shown]
    edit(root)
)";

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    static PythonTarget target(kSource);
    target.run(data, size);
    return 0;
}
