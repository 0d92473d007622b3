/**
 * runtime/stopping: the ordered, bounded stop of a node.
 *
 * Applications first, in reverse order of their start; then processes from the roots down, each
 * told by a signal that cannot be trapped; then cron, calls, network, timers and log. What is left
 * after the limit is killed and named. A stop never rejects.
 *
 * @source ergo-features 2 (signals and stop)
 */
import { describeThrown, formatTarget, TroupeError } from '#contract'
import type { Kernel } from './kernel.js'
import { DEAD, Process } from './process.js'

/** While waiting, what is still alive is told this often. */
const REPORT_MS = 5_000
const REPORTED_MAX = 10

/** What is stopped around the processes. */
export interface StopVerbs {
  /** After `timeoutMs` nothing of them is waited for any more. */
  stopApplications(timeoutMs: number): Promise<void>
  stopCron(): void
}

/** Stops everything in order within `timeoutMs`. */
export async function stopNode(kernel: Kernel, verbs: StopVerbs, timeoutMs: number): Promise<void> {
  const deadlineMs = kernel.clock.nowMs() + timeoutMs
  kernel.advance('stopping')
  const cancelReport = report(kernel)
  kernel.routing.leave()
  await kernel.cluster.leave()
  await verbs.stopApplications(timeoutMs).catch((thrown: unknown) => {
    kernel.log.error('an application did not stop', { error: describeThrown(thrown) })
  })
  kernel.closeBirths()
  const families = new Families(kernel.table.all())
  for (let roots = families.roots; roots.length > 0; roots = families.below(roots)) {
    await endAll(kernel, roots, deadlineMs - kernel.clock.nowMs())
    if (kernel.clock.nowMs() >= deadlineMs) break
  }
  if (kernel.table.size > 0) killRest(kernel, timeoutMs)
  cancelReport()
  verbs.stopCron()
  kernel.post.open = false
  kernel.calls.rejectAll(() => new TroupeError('NODE_STOPPED', { node: kernel.name }))
  await kernel.wire.stop()
  await kernel.cluster.stop()
  kernel.timers.clear()
  await kernel.tracer.stop()
  await kernel.log.stop()
}

/** Who is whose child. Worked out once: a chain of parents may be as long as the table. */
class Families {
  /** Processes without a living parent. */
  readonly roots: Process[] = []
  readonly #children = new Map<Process, Process[]>()

  constructor(all: readonly Process[]) {
    for (const process of all) {
      const { parent } = process.lineage
      if (!(parent instanceof Process) || !isAlive(parent)) this.roots.push(process)
      else {
        const siblings = this.#children.get(parent)
        if (siblings === undefined) this.#children.set(parent, [process])
        else siblings.push(process)
      }
    }
  }

  /** The living nearest below these, who have ended. */
  below(parents: readonly Process[]): Process[] {
    const found: Process[] = []
    // A list that grows while it is walked: below a child that has ended are its children.
    const looked = [...parents]
    for (let at = 0; at < looked.length; at += 1) {
      for (const child of this.#children.get(looked[at] as Process) ?? []) {
        if (isAlive(child)) found.push(child)
        else looked.push(child)
      }
    }
    return found
  }
}

const isAlive = (process: Process): boolean => (process.flags & DEAD) === 0

/** Tells all of them to end and waits for that, at most `leftMs`. */
async function endAll(kernel: Kernel, all: readonly Process[], leftMs: number): Promise<void> {
  const node = { kind: 'node' as const, node: kernel.name }
  const ended = all.map((process) => kernel.deaths.whenEnded(process))
  for (const process of all) kernel.relations.exit(process, node, 'shutdown', 'stop')
  await new Promise<void>((resolve) => {
    const wait = kernel.timers.after(leftMs, resolve)
    void Promise.all(ended).then(() => {
      kernel.timers.cancel(wait)
      resolve()
    })
  })
}

const told = (process: Process): string => {
  const { name } = process.program.behaviour
  return `${process.extension?.name ?? name} ${formatTarget(process)}`
}

function killRest(kernel: Kernel, timeoutMs: number): void {
  const left = kernel.table.all()
  const names = left.slice(0, REPORTED_MAX).map(told).join(', ')
  const detail = { node: kernel.name, timeoutMs, left: `${left.length} processes (${names})` }
  kernel.log.error(new TroupeError('NODE_STOP_TIMEOUT', detail).message)
  for (const process of left) kernel.deaths.kill(process)
}

/** Tells every few seconds who is still alive. */
function report(kernel: Kernel): () => void {
  let wait = kernel.timers.after(REPORT_MS, tell)
  function tell(): void {
    const left = kernel.table.all()
    const names = left.slice(0, REPORTED_MAX).map(told)
    if (left.length > 0)
      kernel.log.warning('waiting for processes to end', { left: left.length, names })
    wait = kernel.timers.after(REPORT_MS, tell)
  }
  return () => void kernel.timers.cancel(wait)
}
