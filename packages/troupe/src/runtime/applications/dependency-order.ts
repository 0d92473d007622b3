/**
 * runtime/applications/dependency-order: who is started before whom, and stopped after whom.
 *
 * Pure: a table of what each loaded application depends on goes in, a list of names comes out.
 */

/** What each loaded application depends on directly. */
export type Dependencies = ReadonlyMap<string, readonly string[]>

export type StartOrder =
  /** Dependencies first, each once; the last is the application asked for. */
  | { readonly kind: 'order'; readonly names: readonly string[] }
  /** `name` needs `dependency`, which is not loaded. */
  | { readonly kind: 'missing'; readonly name: string; readonly dependency: string }
  /** A chain of applications that comes back to where it began; first and last are the same. */
  | { readonly kind: 'cycle'; readonly path: readonly string[] }

/**
 * The order in which an application and all it depends on are started.
 *
 * @example startOrder(new Map([['shop', ['store']], ['store', []]]), 'shop') // store, shop
 */
export function startOrder(dependencies: Dependencies, name: string): StartOrder {
  const names: string[] = []
  const finished = new Set<string>()
  /** From the application asked for to the one being looked at, with what is left of each. */
  const path: { readonly name: string; readonly rest: string[] }[] = []
  const enter = (entered: string): void => {
    path.push({ name: entered, rest: [...(dependencies.get(entered) ?? [])] })
  }
  enter(name)
  for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
    const dependency = top.rest.shift()
    if (dependency === undefined) {
      path.pop()
      finished.add(top.name)
      names.push(top.name)
    } else if (!dependencies.has(dependency)) {
      return { kind: 'missing', name: top.name, dependency }
    } else if (path.some((step) => step.name === dependency)) {
      const steps = path.map((step) => step.name)
      return { kind: 'cycle', path: [...steps.slice(steps.indexOf(dependency)), dependency] }
    } else if (!finished.has(dependency)) {
      enter(dependency)
    }
  }
  return { kind: 'order', names }
}

/**
 * The order in which an application and all that depend on it are stopped: dependants first, the
 * application asked for last. Knows no cycle: an application in one was never started.
 */
export function stopOrder(dependencies: Dependencies, name: string): readonly string[] {
  const dependants = new Map<string, string[]>()
  for (const [dependant, needed] of dependencies) {
    for (const dependency of needed) {
      dependants.set(dependency, [...(dependants.get(dependency) ?? []), dependant])
    }
  }
  for (const known of dependencies.keys()) {
    if (!dependants.has(known)) dependants.set(known, [])
  }
  const order = startOrder(dependants, name)
  return order.kind === 'order' ? order.names : [name]
}

/** All that a start or a stop of this application may touch: a start its dependencies, a stop
 * its dependants, and itself. */
export function reach(
  dependencies: Dependencies,
  name: string,
  kind: 'start' | 'stop',
): ReadonlySet<string> {
  const found = new Set([name])
  // A set that grows while it is walked: what is added is visited too, and each name once.
  for (const reached of found) {
    if (kind === 'start') {
      for (const dependency of dependencies.get(reached) ?? []) found.add(dependency)
    } else {
      for (const [dependant, needed] of dependencies) {
        if (needed.includes(reached)) found.add(dependant)
      }
    }
  }
  return found
}
