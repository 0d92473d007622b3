/**
 * Faults in the ways to nodes that are given by hand.
 */
import type { Mutant } from './mutant.js'

const BOOK = ['unit/network/routes.test']
const MEETING = ['unit/network/meeting-routes.test']

export const ROUTE_FAULTS: readonly Mutant[] = Object.freeze([
  {
    name: 'a wildcard comes before the whole name',
    file: 'network/routes/route-book',
    find: '(isExact(match) ? 0 : 1)',
    replace: '0',
    caughtBy: BOOK,
  },
  {
    name: 'what has its own secret falls through to the others',
    file: 'network/routes/route-book',
    find: 'fallThrough = cookie === undefined && tls === undefined',
    replace: 'fallThrough = true',
    caughtBy: BOOK,
  },
  {
    name: 'a way of its own TLS takes what is without',
    file: 'network/routes/route-book',
    find: "tls === undefined || transport === 'tls'",
    replace: 'true',
    caughtBy: BOOK,
  },
  {
    name: 'what stands before and behind a star may be the same letters',
    file: 'network/routes/node-glob',
    find: 'node.length - last.length >= from &&',
    replace: '',
    caughtBy: BOOK,
  },
  {
    name: 'a route is dialled with the own cookie',
    file: 'network/dialler',
    find: '{ ...settings, key: keys.handshake }',
    replace: 'settings',
    caughtBy: MEETING,
    tests: 'another cookie',
  },
  {
    name: 'one cookie that does not fit ends the whole dial',
    file: 'network/dialler',
    find: 'if (judged.has(target.keys)) continue;',
    replace: 'if (judged.size > 0) break;',
    caughtBy: MEETING,
    tests: 'until one answers',
  },
  {
    name: 'ways that forbid it fall through',
    file: 'network/dials',
    find: 'if (!fallsThrough) return;',
    replace: '',
    caughtBy: MEETING,
    tests: 'unless one forbids it',
  },
  {
    name: 'a node that was not reached waits though there is a way now',
    file: 'network/dials',
    find: 'if (isMeant(node))',
    replace: 'if (false)',
    caughtBy: MEETING,
    tests: 'at once when a route',
  },
  {
    name: 'a node of another cookie is probed with the own one',
    file: 'network/liveness/prober',
    find: 'writeProbeFrame(key, probe)',
    replace: 'writeProbeFrame(this.#settings.key, probe)',
    caughtBy: MEETING,
    tests: 'asked whether it lives',
  },
  {
    name: 'a known way waits until the registrar has looked everywhere',
    file: 'network/dials',
    find: 'const isSlow = known.length > 0 &&',
    replace: 'const isSlow = false &&',
    caughtBy: MEETING,
    tests: 'looks and looks',
  },
])
