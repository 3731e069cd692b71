"""An incremental solver of one-way constraints with strengths, after DeltaBlue.

Chains of equalities and a grid of scale constraints are built, planned and edited: polymorphic
methods, lists of objects, short loops.
"""

import harness

REQUIRED, STRONG, PREFERRED, NORMAL, WEAK, WEAKEST = range(6)


class Variable:
    def __init__(self, name, value=0):
        self.name = name
        self.value = value
        self.constraints = []
        self.determined_by = None
        self.mark = 0
        self.strength = WEAKEST
        self.stay = True

    def consumers(self):
        return [c for c in self.constraints if c is not self.determined_by and c.satisfied()]


class Constraint:
    def __init__(self, strength):
        self.strength = strength

    def start(self, planner):
        for variable in self.variables():
            variable.constraints.append(self)
        self.unsatisfy()
        planner.add(self)

    def stop(self, planner):
        if self.satisfied():
            planner.remove(self)
        for variable in self.variables():
            if self in variable.constraints:
                variable.constraints.remove(self)

    def is_input(self):
        return False

    def satisfy(self, mark, planner):
        """Makes it hold if it is strong enough; returns the constraint it overrides."""
        self.choose_method(mark)
        if not self.satisfied():
            if self.strength == REQUIRED:
                raise RuntimeError("cannot satisfy a required constraint")
            return None
        for variable in self.inputs():
            variable.mark = mark
        out = self.output()
        overridden = out.determined_by
        if overridden is not None:
            overridden.unsatisfy()
        out.determined_by = self
        if not planner.propagate(self, mark):
            raise RuntimeError("a cycle of constraints")
        out.mark = mark
        return overridden

    def inputs_known(self, mark):
        for variable in self.inputs():
            if not (variable.mark == mark or variable.stay or variable.determined_by is None):
                return False
        return True


class Unary(Constraint):
    def __init__(self, planner, variable, strength):
        super().__init__(strength)
        self.out = variable
        self.active = False
        self.start(planner)

    def variables(self):
        return [self.out]

    def inputs(self):
        return []

    def output(self):
        return self.out

    def satisfied(self):
        return self.active

    def unsatisfy(self):
        self.active = False

    def choose_method(self, mark):
        self.active = self.out.mark != mark and self.strength < self.out.strength

    def recalculate(self):
        self.out.strength = self.strength
        self.out.stay = not self.is_input()
        if self.out.stay:
            self.execute()

    def execute(self):
        pass


class Stay(Unary):
    pass


class Edit(Unary):
    def is_input(self):
        return True


class Binary(Constraint):
    def __init__(self, planner, first, second, strength):
        super().__init__(strength)
        self.first = first
        self.second = second
        self.direction = 0
        self.start(planner)

    def variables(self):
        return [self.first, self.second]

    def inputs(self):
        return [self.first if self.direction > 0 else self.second]

    def output(self):
        return self.second if self.direction > 0 else self.first

    def satisfied(self):
        return self.direction != 0

    def unsatisfy(self):
        self.direction = 0

    def choose_method(self, mark):
        first, second, strength = self.first, self.second, self.strength
        if first.mark == mark:
            forward = second.mark != mark and strength < second.strength
            self.direction = 1 if forward else 0
        elif second.mark == mark:
            backward = first.mark != mark and strength < first.strength
            self.direction = -1 if backward else 0
        elif first.strength > second.strength:
            self.direction = -1 if strength < first.strength else 0
        else:
            self.direction = 1 if strength < second.strength else 0

    def recalculate(self):
        source = self.inputs()[0]
        out = self.output()
        out.strength = max(self.strength, source.strength)
        out.stay = source.stay
        if out.stay:
            self.execute()


class Equal(Binary):
    def execute(self):
        self.output().value = self.inputs()[0].value


class Scale(Binary):
    """second = first * scale + offset"""

    def __init__(self, planner, first, scale, offset, second, strength):
        self.scale = scale
        self.offset = offset
        super().__init__(planner, first, second, strength)

    def variables(self):
        return [self.first, self.second, self.scale, self.offset]

    def inputs(self):
        return [self.first if self.direction > 0 else self.second, self.scale, self.offset]

    def execute(self):
        if self.direction > 0:
            self.second.value = self.first.value * self.scale.value + self.offset.value
        else:
            self.first.value = (self.second.value - self.offset.value) // self.scale.value

    def recalculate(self):
        inputs = self.inputs()
        out = self.output()
        out.strength = max(self.strength, inputs[0].strength)
        out.stay = all(variable.stay for variable in inputs)
        if out.stay:
            self.execute()


class Planner:
    def __init__(self):
        self.mark = 0

    def new_mark(self):
        self.mark += 1
        return self.mark

    def add(self, constraint):
        mark = self.new_mark()
        overridden = constraint.satisfy(mark, self)
        while overridden is not None:
            overridden = overridden.satisfy(mark, self)

    def remove(self, constraint):
        out = constraint.output()
        constraint.unsatisfy()
        unsatisfied = self.remove_downstream(out)
        unsatisfied.sort(key=lambda c: c.strength)
        for other in unsatisfied:
            self.add(other)

    def remove_downstream(self, out):
        out.determined_by = None
        out.strength = WEAKEST
        out.stay = True
        unsatisfied = []
        waiting = [out]
        while waiting:
            variable = waiting.pop()
            for constraint in variable.constraints:
                if not constraint.satisfied():
                    unsatisfied.append(constraint)
            for constraint in variable.consumers():
                constraint.recalculate()
                waiting.append(constraint.output())
        return unsatisfied

    def propagate(self, constraint, mark):
        waiting = [constraint]
        while waiting:
            current = waiting.pop()
            if current.output().mark == mark:
                constraint.unsatisfy()
                return False
            current.recalculate()
            waiting.extend(current.output().consumers())
        return True

    def plan(self, sources):
        mark = self.new_mark()
        plan = []
        waiting = list(sources)
        while waiting:
            constraint = waiting.pop()
            out = constraint.output()
            if out.mark != mark and constraint.inputs_known(mark):
                plan.append(constraint)
                out.mark = mark
                waiting.extend(out.consumers())
        return plan

    def change(self, variable, value_list):
        edit = Edit(self, variable, PREFERRED)
        plan = self.plan([edit])
        for value in value_list:
            variable.value = value
            for constraint in plan:
                constraint.execute()
        edit.stop(self)


def chain(length):
    """v0 = v1 = ... = vn; a change of the first must reach the last."""
    planner = Planner()
    variables = [Variable("v%d" % i) for i in range(length + 1)]
    for left, right in zip(variables, variables[1:]):
        Equal(planner, left, right, REQUIRED)
    Stay(planner, variables[-1], NORMAL)
    edit = Edit(planner, variables[0], PREFERRED)
    plan = planner.plan([edit])
    total = 0
    for value in range(100):
        variables[0].value = value
        for constraint in plan:
            constraint.execute()
        total += variables[-1].value
    return total


def projection(count):
    """Pairs bound by scale and offset, edited from either side."""
    planner = Planner()
    scale = Variable("scale", 10)
    offset = Variable("offset", 1000)
    sources, targets = [], []
    for i in range(count):
        source = Variable("source%d" % i, i)
        target = Variable("target%d" % i, i)
        sources.append(source)
        targets.append(target)
        Stay(planner, source, NORMAL)
        Scale(planner, source, scale, offset, target, REQUIRED)
    planner.change(sources[0], [17])
    total = targets[0].value
    planner.change(targets[0], [1050])
    total = harness.mix(total, sources[0].value)
    planner.change(scale, [5])
    total = harness.mix(total, sum(target.value for target in targets))
    planner.change(offset, [2000])
    return harness.mix(total, sum(target.value for target in targets))


def run(scale):
    checksum = 0
    for _ in range(scale * 14):
        checksum = harness.mix(checksum, chain(1200))
        checksum = harness.mix(checksum, projection(1200))
    return checksum


if __name__ == "__main__":
    harness.main(run)
