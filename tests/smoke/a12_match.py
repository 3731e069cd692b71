class Point:
    __match_args__ = ("x", "y")
    def __init__(self, x, y): self.x, self.y = x, y

def what(v):
    match v:
        case 0 | 1: return "small"
        case int(n) if n > 100: return f"big {n}"
        case "a": return "letter"
        case []: return "empty"
        case [x]: return f"one {x}"
        case [x, *rest]: return f"first {x} rest {rest}"
        case {"k": v, **rest}: return f"mapping {v} {rest}"
        case Point(0, y): return f"on axis {y}"
        case Point(x=x, y=y): return f"point {x} {y}"
        case None: return "none"
        case float() as f: return f"float {f}"
        case _: return "other"
for v in (0, 500, 50, "a", [], [1], [1, 2, 3], {"k": 1, "z": 2}, Point(0, 3), Point(1, 2), None, 2.5, (1, 2)):
    print(what(v))
