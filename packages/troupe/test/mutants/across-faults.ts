/**
 * Faults in how the registrars of hosts speak with each other.
 */
import type { Mutant } from './mutant.js'

const ATTACKS = ['unit/cluster/across/attacks.test']
const EXCHANGE = ['unit/cluster/across/exchange.test']
const RESOLVE = ['unit/cluster/across/resolve.test']
const HOSTS = ['unit/cluster/across/hosts.test']
const ROOM = 'cluster/registrar/across'

export const ACROSS_FAULTS: readonly Mutant[] = Object.freeze([
  {
    name: 'a datagram between hosts is read without its proof',
    file: `${ROOM}/frame`,
    find: 'if (!isProven)',
    replace: 'if (length < 0)',
    caughtBy: ATTACKS,
  },
  {
    name: 'an answer of another host counts from wherever it comes',
    file: `${ROOM}/questions`,
    find: "if (!isSamePlace(question.to, from)) return 'from-elsewhere';",
    replace: '',
    caughtBy: ATTACKS,
  },
  {
    name: 'an answer of another host counts twice',
    file: `${ROOM}/questions`,
    find: "this.#close(id, 'answered-twice'); taker(answer);",
    replace: 'taker(answer);',
    caughtBy: ATTACKS,
    tests: 'counts once',
  },
  {
    name: 'a question that was caught is answered again and again',
    file: `${ROOM}/freshness`,
    find: "return 'replayed';",
    replace: '',
    caughtBy: ATTACKS,
    tests: 'sent again',
  },
  {
    name: 'a question is answered however old it is',
    file: `${ROOM}/freshness`,
    find: 'if (Math.abs(stampMs - nowMs) > STAMP_WINDOW_MS)',
    replace: 'if (stampMs < 0)',
    caughtBy: ATTACKS,
    tests: 'kept for long',
  },
  {
    name: 'a short question has a long answer',
    file: `${ROOM}/across-hosts`,
    find: 'if (answer.length > askedBytes)',
    replace: 'if (answer.length === 0)',
    caughtBy: ATTACKS,
    tests: 'that is short',
  },
  {
    name: 'another host is asked once and never again',
    file: `${ROOM}/search`,
    find: 'const ASK_AT_MS = [0, 100, 300, 700, 1_200, 1_800, 2_400];',
    replace: 'const ASK_AT_MS = [0];',
    caughtBy: RESOLVE,
    tests: 'asks again when',
  },
  {
    name: 'what would be dialled at our own machine is taken from another',
    file: `${ROOM}/reach`,
    find: '(isSameMachine || !isLoopbackHost(host))',
    replace: 'true',
    caughtBy: RESOLVE,
    tests: 'never answers with',
  },
  {
    name: 'a host that is suspect is lost at once',
    file: `${ROOM}/neighbour`,
    find: 'if (this.#graceMs < this.#lostAfterMs)',
    replace: 'if (this.#graceMs < 0)',
    caughtBy: EXCHANGE,
    tests: 'is lost after the grace',
  },
  {
    name: 'the grace runs while it is us who hear nobody',
    file: `${ROOM}/neighbour`,
    find: "if (this.#state !== 'suspect' || !isHearingOthers)",
    replace: "if (this.#state !== 'suspect')",
    caughtBy: EXCHANGE,
    tests: 'us who hear nobody',
  },
  {
    name: 'who a new server does not know yet is lost',
    file: `${ROOM}/other-host`,
    find: 'const kept = table.isWhole ? []',
    replace: 'const kept = !table.isWhole ? []',
    caughtBy: EXCHANGE,
    tests: 'does not know it all yet',
  },
  {
    name: 'one host under two names is two hosts',
    file: `${ROOM}/other-host`,
    find: 'if (twin !== undefined)',
    replace: 'if (twin === this)',
    caughtBy: HOSTS,
    tests: 'under two names',
  },
])
