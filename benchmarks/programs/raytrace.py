"""A small ray tracer: vectors as objects with operators, float arithmetic."""

import math

import harness


class Vector:
    def __init__(self, x, y, z):
        self.x = x
        self.y = y
        self.z = z

    def __add__(self, other):
        return Vector(self.x + other.x, self.y + other.y, self.z + other.z)

    def __sub__(self, other):
        return Vector(self.x - other.x, self.y - other.y, self.z - other.z)

    def __mul__(self, factor):
        return Vector(self.x * factor, self.y * factor, self.z * factor)

    def dot(self, other):
        return self.x * other.x + self.y * other.y + self.z * other.z

    def unit(self):
        return self * (1.0 / math.sqrt(self.dot(self)))

    def mirrored(self, normal):
        return self - normal * (2.0 * self.dot(normal))


class Ray:
    def __init__(self, origin, direction):
        self.origin = origin
        self.direction = direction.unit()

    def at(self, distance):
        return self.origin + self.direction * distance


class Sphere:
    def __init__(self, centre, radius, surface):
        self.centre = centre
        self.radius = radius
        self.surface = surface

    def hit(self, ray):
        to_centre = self.centre - ray.origin
        along = to_centre.dot(ray.direction)
        squared = self.radius * self.radius - (to_centre.dot(to_centre) - along * along)
        if squared < 0.0:
            return None
        return along - math.sqrt(squared)

    def normal(self, point):
        return (point - self.centre).unit()


class Floor:
    def __init__(self, height, surface):
        self.height = height
        self.surface = surface

    def hit(self, ray):
        if ray.direction.y >= -1e-9:
            return None
        return (self.height - ray.origin.y) / ray.direction.y

    def normal(self, point):
        return Vector(0.0, 1.0, 0.0)


class Plain:
    def __init__(self, colour, shine):
        self.colour = colour
        self.shine = shine

    def colour_at(self, point):
        return self.colour


class Chequered(Plain):
    def __init__(self, colour, other, shine):
        super().__init__(colour, shine)
        self.other = other

    def colour_at(self, point):
        odd = (math.floor(point.x) + math.floor(point.z)) % 2
        return self.other if odd else self.colour


class Scene:
    def __init__(self, things, light):
        self.things = things
        self.light = light

    def nearest(self, ray):
        best = None
        for thing in self.things:
            distance = thing.hit(ray)
            if distance is not None and distance > 1e-6:
                if best is None or distance < best[0]:
                    best = distance, thing
        return best

    def shadowed(self, point):
        ray = Ray(point, self.light - point)
        for thing in self.things:
            distance = thing.hit(ray)
            if distance is not None and distance > 1e-6:
                return True
        return False

    def colour(self, ray, depth=0):
        found = self.nearest(ray)
        if found is None:
            return Vector(0.2, 0.3, 0.5)
        distance, thing = found
        point = ray.at(distance)
        normal = thing.normal(point)
        surface = thing.surface
        brightness = 0.15
        if not self.shadowed(point):
            brightness += 0.85 * max(0.0, normal.dot((self.light - point).unit()))
        colour = surface.colour_at(point) * brightness
        if surface.shine > 0.0 and depth < 3:
            reflected = self.colour(Ray(point, ray.direction.mirrored(normal)), depth + 1)
            colour = colour * (1.0 - surface.shine) + reflected * surface.shine
        return colour


def scene():
    things = [Floor(-1.0, Chequered(Vector(0.9, 0.9, 0.9), Vector(0.1, 0.1, 0.1), 0.2))]
    for i in range(6):
        angle = i * math.pi / 3
        place = Vector(2.0 * math.cos(angle), 0.0, 6.0 + 2.0 * math.sin(angle))
        things.append(Sphere(place, 0.7, Plain(Vector(i / 6, 0.5, 1.0 - i / 6), 0.3)))
    return Scene(things, Vector(-4.0, 6.0, 0.0))


def run(scale):
    world = scene()
    width, height = 220 * scale, 150
    eye = Vector(0.0, 0.5, 0.0)
    checksum = 0
    for row in range(height):
        for column in range(width):
            direction = Vector((column - width / 2) / width * 1.5, (height / 2 - row) / height, 1.0)
            colour = world.colour(Ray(eye, direction))
            for part in (colour.x, colour.y, colour.z):
                checksum = harness.mix(checksum, int(part * 250))
    return checksum


if __name__ == "__main__":
    harness.main(run)
