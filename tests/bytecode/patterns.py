# options: --dump-bytecode
# imugi only
def kind(command):
    match command:
        case ["go", place, *rest]:
            return place, rest
        case {"x": x, **others} if x:
            return others
        case Point(0, y=0) | None:
            return 0
        case str() as text:
            return text
