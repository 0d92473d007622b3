/**
 * metrics/test/mutants/look-faults: faults in what is shown of metrics without a page, and in the
 * last hour of them.
 */
import type { Fault } from '@troupe/tools/planting'

const LOOK = 'look.test'
const LOOK_READINGS = 'look-readings.test'
const LOOK_HISTORY = 'look-history.test'

export const LOOK_FAULTS: readonly Fault[] = [
  {
    name: 'a metric of a thousand series is told whole',
    file: 'look/answer',
    find: 'if (this.left <= 0) break;',
    replace: '',
    caughtBy: LOOK_READINGS,
  },
  {
    name: 'the lowest series stand first',
    file: 'look/answer',
    find: ': second - first',
    replace: ': first - second',
    caughtBy: LOOK_READINGS,
  },
  {
    name: 'a number that is none is told as it is',
    file: 'look/answer',
    find: 'if (Number.isFinite(value)) return value;',
    replace: 'return value;',
    caughtBy: LOOK_READINGS,
  },
  {
    name: 'metrics of Troupe stand before those of the program',
    file: 'look/answer',
    find: 'Number(other.own) - Number(one.own)',
    replace: 'Number(one.own) - Number(other.own)',
    caughtBy: LOOK_READINGS,
  },
  {
    name: 'series without end are looked at',
    file: 'look/readings',
    find: 'room.left > 0 ? labelsOf(given, undefined) : undefined',
    replace: 'labelsOf(given, undefined)',
    caughtBy: LOOK_READINGS,
  },
  {
    name: 'all above the last bound is in no range',
    file: 'look/readings',
    find: '.map(([, below]) => below), count]',
    replace: '.map(([, below]) => below), 0]',
    caughtBy: LOOK_READINGS,
  },
  {
    name: 'a quantile is the upper bound of its range',
    file: 'look/quantiles',
    find: 'from + (bound - from) * ((wanted - below) / count)',
    replace: 'bound',
    caughtBy: LOOK_READINGS,
  },
  {
    name: 'a counter that begins anew makes a peak',
    file: 'look/history',
    find: 'now >= before ? now - before : now',
    replace: 'Math.abs(now - before)',
    caughtBy: LOOK_HISTORY,
  },
  {
    name: 'the mean of a step is that of all times',
    file: 'look/history',
    find: 'isAnew ? 0 : (before.sum ?? Number.NaN)',
    replace: '0',
    caughtBy: LOOK_HISTORY,
  },
  {
    name: 'a step without a point is a step back by an hour',
    file: 'look/history',
    find: 'line[at % PLACES] = Number.NaN;',
    replace: ';',
    caughtBy: LOOK_HISTORY,
  },
  {
    name: 'more series are kept than there is room for',
    file: 'look/history',
    find: 'if (this.#kept.size < this.#rules.seriesMax) return true;',
    replace: 'return true;',
    caughtBy: LOOK_HISTORY,
  },
  {
    name: 'metrics of Troupe keep those of the program out',
    file: 'look/history',
    find: 'gone.pop() ?? (own ? lesser.pop() : undefined)',
    replace: 'gone.pop()',
    caughtBy: LOOK_HISTORY,
  },
  {
    name: 'means of series are put together as if all had observed the same',
    file: 'look/together',
    find: 'this.#totals[at] = (this.#totals[at] ?? 0) + rate * one;',
    replace: 'this.#totals[at] = (this.#totals[at] ?? 0) + one;',
    caughtBy: LOOK_HISTORY,
  },
  {
    name: 'whoever looks has a reading of his own',
    file: 'look/look',
    find: 'if (isOld) await',
    replace: 'await',
    caughtBy: LOOK,
  },
  {
    name: 'whoever looks waits for a metric that hangs',
    file: 'look/look',
    find: 'await Promise.race([this.#reading, late]);',
    replace: 'await this.#reading;',
    caughtBy: LOOK,
  },
  {
    name: 'a look empties the list of the next page',
    file: 'own/top-metric',
    find: 'this.#cut(); return [...this.#rows.values()];',
    replace: 'const rows = [...this.#rows.values()]; this.#rows.clear(); return rows;',
    caughtBy: LOOK,
  },
  {
    name: 'other nodes read metrics past the process system',
    file: 'metrics-actor',
    find: 'this.context.fromNode !== this.node',
    replace: 'false',
    caughtBy: LOOK,
  },
  {
    name: 'one odd metric takes all others with it',
    file: 'look/look',
    find: 'catch { room.unread += 1; }',
    replace: 'catch (thrown) { throw thrown; }',
    caughtBy: LOOK,
  },
  {
    name: 'an answer has more values than its readers allow',
    file: 'look/answer',
    find: '+ points * POINT_CHARS',
    replace: '',
    caughtBy: LOOK_READINGS,
  },
  {
    name: 'a point is told before it is whole',
    file: 'look/history',
    find: 'const upTo = Math.max(this.#whole,',
    replace: 'const upTo = Math.max(this.#last,',
    caughtBy: LOOK_HISTORY,
  },
  {
    name: 'a metric of another type goes on with the line of the one before',
    file: 'look/history',
    find: 'keyIn = ({ type, name }, { key }) =>',
    replace: `keyIn = ({ name }, { key }, type = 'any') =>`,
    caughtBy: LOOK_HISTORY,
  },
  {
    name: 'two series that look alike are two',
    file: 'look/readings',
    find: `|| found.has(read.key)`,
    replace: '',
    caughtBy: LOOK_READINGS,
  },
  {
    name: 'the first groups take all room',
    file: 'look/answer',
    find: 'if (meant.length <= limit) return meant;',
    replace: 'return meant.slice(0, limit);',
    caughtBy: LOOK_READINGS,
  },
  {
    name: 'a count is told as a share, for its name looks like one',
    file: 'catalog/metric',
    find: '_(seconds|bytes|ratio)(_total)?$',
    replace: '_(seconds|bytes|ratio|utilization)(_total)?$',
    caughtBy: LOOK_READINGS,
  },
]
