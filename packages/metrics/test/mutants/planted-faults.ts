/**
 * metrics/test/mutants/planted-faults: all faults that are planted in this package: each of them
 * is a page that lies or does not come, a probe that lies, or a door that is open.
 */
import type { Fault, Field } from '@troupe/tools/planting'
import { LOOK_FAULTS } from './look-faults.js'

const ERGO = 'ergo-names.test'
const FOREIGN = 'foreign.test'
const GATHER = 'gather.test'
const COLLECT = 'collectors.test'
const OWN = 'own.test'
const DOOR = 'door.test'
const HEALTH = 'health.test'
const TARGETS = 'targets.test'
const VALUES = 'values.test'

const PAGES: readonly Fault[] = [
  {
    name: 'a counter is called a gauge',
    file: 'catalog/node',
    find: `counter('processes_spawned_total'`,
    replace: `gauge('processes_spawned_total'`,
    caughtBy: ERGO,
  },
  {
    name: 'figures of one node stand under the name of another',
    file: 'catalog/reader',
    find: 'samplesOf(metric, place))',
    replace: 'samplesOf(metric, this.#places[0]))',
    caughtBy: GATHER,
  },
  {
    name: 'a value that is no number is written',
    file: 'catalog/reader',
    find: 'Number.isFinite(value) ? labelsOf(given) : undefined',
    replace: 'labelsOf(given)',
    caughtBy: FOREIGN,
  },
  {
    name: 'a label that is no text is written',
    file: 'catalog/reader',
    find: `if (typeof value !== 'string') return undefined;`,
    replace: '',
    caughtBy: FOREIGN,
  },
  {
    name: 'one odd node breaks the page of all',
    file: 'catalog/reader',
    find: 'catch { place.unreadable += 1;',
    replace: 'catch (thrown) { throw thrown;',
    caughtBy: FOREIGN,
  },
  {
    name: 'a line of the same name and labels is there twice',
    file: 'catalog/reader',
    find: '|| seen.has(key)',
    replace: '',
    caughtBy: FOREIGN,
  },
  {
    name: 'a node fills the page',
    file: 'catalog/reader',
    find: 'if (samples.length <= place.room)',
    replace: 'if (true)',
    caughtBy: FOREIGN,
  },
  {
    name: 'a list that is none breaks the page of all',
    file: 'gather/gather',
    find: 'const isList = Array.isArray(rows);',
    replace: 'const isList = true;',
    caughtBy: FOREIGN,
  },
  {
    name: 'the time of the whole scrape does not end',
    file: 'gather/gather',
    find: 'Math.ceil(Math.min(leftMs(), mostMs))',
    replace: 'Math.ceil(mostMs * 10)',
    caughtBy: GATHER,
  },
  {
    name: 'a node that refuses for a moment is told as down',
    file: 'gather/gather',
    find: `TroupeError.is(thrown, 'INSPECTION_LIMITED')`,
    replace: 'false',
    caughtBy: GATHER,
  },
  {
    name: 'a node that refuses is told as one that has answered',
    file: 'own-figures',
    find: `return isRefused ? 'refused' : 'answered'`,
    replace: `return 'answered'`,
    caughtBy: VALUES,
  },
  {
    name: 'values that were lost are told as refused requests',
    file: 'own-figures',
    find: `not let in, by cause.', door.refused`,
    replace: `not let in, by cause.', book.lost`,
    caughtBy: VALUES,
  },
  {
    name: 'a page is collected for each who asks',
    file: 'gather/pages',
    find: 'this.#verbs.nowMs() - this.#lastAtMs < keptMs',
    replace: 'false',
    caughtBy: GATHER,
  },
  {
    name: 'a label is not escaped',
    file: 'exposition/write',
    find: 'if (!SPECIAL.test(cut)) return cut;',
    replace: 'return cut;',
    caughtBy: DOOR,
  },
]

/** A metric that reads the field beside its own, or in another unit. */
const FIGURES: readonly Fault[] = [
  {
    name: 'processes that have ended are told as spawned',
    file: 'catalog/node',
    find: '({ spawned }) => spawned',
    replace: '({ ended }) => ended',
    caughtBy: VALUES,
  },
  {
    name: 'seconds of the operating system are told in milliseconds',
    file: 'catalog/node',
    find: '({ cpuSystemMs }) => seconds(cpuSystemMs)',
    replace: '({ cpuSystemMs }) => cpuSystemMs',
    caughtBy: VALUES,
  },
  {
    name: 'messages to a node are told as messages from it',
    file: 'catalog/network',
    find: 'peers(({ messagesIn }) => messagesIn)',
    replace: 'peers(({ messagesOut }) => messagesOut)',
    caughtBy: VALUES,
  },
  {
    name: 'requests to a node are told as answered',
    file: 'catalog/cluster',
    find: 'routes(({ answered }) => answered)',
    replace: 'routes(({ sent }) => sent)',
    caughtBy: VALUES,
  },
  {
    name: 'mailboxes are as deep as their messages are old',
    file: 'catalog/processes',
    find: '({ depth }) => depth.max',
    replace: '({ waitMs }) => waitMs.max',
    caughtBy: VALUES,
  },
  {
    name: 'a node that is silent for a moment is told as not connected',
    file: 'catalog/network',
    find: `state === 'up' || state === 'suspect' ? 1 : 0`,
    replace: `state === 'up' ? 1 : 0`,
    caughtBy: VALUES,
  },
]

const ADDED: readonly Fault[] = [
  {
    name: 'a metric that never ends stops the page for ever',
    file: 'own/collectors',
    find: 'late.then(() => isLate)',
    replace: 'new Promise(() => {})',
    caughtBy: COLLECT,
  },
  {
    name: 'what is late piles up',
    file: 'own/collectors',
    find: 'if (known?.isLate === true) {',
    replace: 'if (false) {',
    caughtBy: COLLECT,
  },
  {
    name: 'a list of the highest has the lowest',
    file: 'own/top-metric',
    find: `order === 'highest' ? -1 : 1`,
    replace: `order === 'highest' ? 1 : -1`,
    caughtBy: OWN,
  },
  {
    name: 'metrics stay when their process has ended',
    file: 'own/book',
    find: 'Pid.equals(metric.owner, owner)) this.#forget(name)',
    replace: 'false) this.#forget(name)',
    caughtBy: OWN,
  },
  {
    name: 'a metric has as many series as it likes',
    file: 'own/own-metric',
    find: 'this.#series.size >= this.#seriesMax',
    replace: 'false',
    caughtBy: OWN,
  },
]

const DOORS: readonly Fault[] = [
  {
    name: 'any token will do',
    file: 'web/door',
    find: 'authorization !== undefined && timingSafeEqual(digest(authorization), this.#token)',
    replace: 'authorization !== undefined',
    caughtBy: DOOR,
  },
  {
    name: 'any name of a host will do',
    file: 'web/door',
    find: 'NUMERIC.test(name) || this.#names.has(name)',
    replace: 'true',
    caughtBy: DOOR,
  },
  {
    name: 'a node sends Prometheus where it likes',
    file: 'sd/host-rules',
    find: 'host === home || this.#registered',
    replace: 'true || this.#registered',
    caughtBy: TARGETS,
  },
  {
    name: 'a node of another host sends Prometheus to its own machine',
    file: 'sd/host-rules',
    find: 'return home === this.#ownHost ||',
    replace: 'return true ||',
    caughtBy: TARGETS,
  },
  {
    name: 'a node is called like the address where a cloud tells its secrets',
    file: 'sd/host-rules',
    find: 'if (isIn(NOWHERE, host)) return false;',
    replace: '',
    caughtBy: TARGETS,
  },
]

const PROBES: readonly Fault[] = [
  {
    name: 'a node is ready while it drains',
    file: 'health/board',
    find: `return phase === 'running';`,
    replace: `return phase !== 'starting';`,
    caughtBy: HEALTH,
  },
  {
    name: 'a heartbeat is not heard',
    file: 'health/signals',
    find: 'if (isWell) signal.beatMs = nowMs;',
    replace: '',
    caughtBy: HEALTH,
  },
  {
    name: 'a heartbeat is never overdue',
    file: 'health/signals',
    find: 'nowMs - beatMs > timeoutMs',
    replace: 'false',
    caughtBy: HEALTH,
  },
  {
    name: 'a signal is up though its owner has ended',
    file: 'health/signals',
    find: 'signal.ownerEnded = true; signal.isUp = false;',
    replace: '',
    caughtBy: HEALTH,
  },
  {
    name: 'a process health that was started anew watches nobody',
    file: 'health/actor',
    find: 'for (const owner of board.signals.owners()) watch(seat, owner, context);',
    replace: '',
    caughtBy: HEALTH,
  },
  {
    name: 'a probe has the answer of a moment ago',
    file: 'health/board',
    find: '&& nowMs <= known.untilMs',
    replace: '',
    caughtBy: HEALTH,
  },
]

const PLANTED_FAULTS: readonly Fault[] = Object.freeze([
  ...PAGES,
  ...FIGURES,
  ...ADDED,
  ...LOOK_FAULTS,
  ...DOORS,
  ...PROBES,
])

export const FIELD: Field = {
  folder: 'packages/metrics',
  parts: ['grafana'],
  faults: PLANTED_FAULTS,
}
