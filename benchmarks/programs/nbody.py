"""The outer planets under gravity: floats in lists, nested loops over pairs."""

import harness

DAYS = 365.24
SOLAR_MASS = 39.47841760435743  # 4 pi**2, in astronomical units and years


def bodies():
    """Position, velocity, mass; figures of the Computer Language Benchmarks Game."""
    return [
        ([0.0, 0.0, 0.0], [0.0, 0.0, 0.0], SOLAR_MASS),
        ([4.84143144246472090, -1.16032004402742839, -0.103622044471123109],
         [0.00166007664274403694 * DAYS, 0.00769901118419740425 * DAYS,
          -0.0000690460016972063023 * DAYS], 0.000954791938424326609 * SOLAR_MASS),
        ([8.34336671824457987, 4.12479856412430479, -0.403523417114321381],
         [-0.00276742510726411045 * DAYS, 0.00499852801234917238 * DAYS,
          0.0000230417297573763929 * DAYS], 0.000285885980666130812 * SOLAR_MASS),
        ([12.8943695621391310, -15.1111514016986312, -0.223307578892655734],
         [0.00296460137564761618 * DAYS, 0.00237847173959480950 * DAYS,
          -0.0000296589568540237556 * DAYS], 0.0000436624404335156298 * SOLAR_MASS),
        ([15.3796971148509165, -25.9193146099879641, 0.179258772950371181],
         [0.00268067772490389322 * DAYS, 0.00162824170038242295 * DAYS,
          -0.0000951592254519715870 * DAYS], 0.0000515138902046611451 * SOLAR_MASS),
    ]


def at_rest(system):
    """Gives the sun the momentum that keeps the whole system in place."""
    momentum = [0.0, 0.0, 0.0]
    for _, velocity, mass in system:
        for axis in range(3):
            momentum[axis] -= velocity[axis] * mass
    sun = system[0][1]
    for axis in range(3):
        sun[axis] = momentum[axis] / SOLAR_MASS


def all_pairs(system):
    return [(a, b) for i, a in enumerate(system) for b in system[i + 1:]]


def advance(system, pairs, dt, steps):
    for _ in range(steps):
        for (place1, speed1, mass1), (place2, speed2, mass2) in pairs:
            dx = place1[0] - place2[0]
            dy = place1[1] - place2[1]
            dz = place1[2] - place2[2]
            force = dt * (dx * dx + dy * dy + dz * dz) ** -1.5
            pull1 = mass1 * force
            pull2 = mass2 * force
            speed1[0] -= dx * pull2
            speed1[1] -= dy * pull2
            speed1[2] -= dz * pull2
            speed2[0] += dx * pull1
            speed2[1] += dy * pull1
            speed2[2] += dz * pull1
        for place, speed, _ in system:
            place[0] += dt * speed[0]
            place[1] += dt * speed[1]
            place[2] += dt * speed[2]


def energy(system, pairs):
    total = 0.0
    for _, (vx, vy, vz), mass in system:
        total += 0.5 * mass * (vx * vx + vy * vy + vz * vz)
    for (place1, _, mass1), (place2, _, mass2) in pairs:
        distance = sum((a - b) ** 2 for a, b in zip(place1, place2)) ** 0.5
        total -= mass1 * mass2 / distance
    return total


def run(scale):
    system = bodies()
    at_rest(system)
    pairs = all_pairs(system)
    before = energy(system, pairs)
    advance(system, pairs, 0.01, 110000 * scale)
    return "%.9f %.9f" % (before, energy(system, pairs))


if __name__ == "__main__":
    harness.main(run)
